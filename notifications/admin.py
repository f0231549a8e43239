"""Django admin for e-mails: the log of what was sent to whom, never what it said; and every kind.

A kind is looked at with invented facts, in each language and in both.
"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from notifications.rhythm import NEEDED_NOW
from notifications.samples import SAMPLES
from notifications.writing import write
from organisations.admin_base import ReadOnlyAdmin, named


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "address", "what_became_of_it", "error")
    fields = (
        "created_at",
        "kind",
        "recipient",
        "address",
        "language",
        "subject",
        "about",
        "what_became_of_it",
        "sent_at",
        "held_at",
        "daily_on",
        "digest",
        "error",
    )
    list_filter = (
        "kind",
        ("sent_at", admin.EmptyFieldListFilter),
        ("held_at", admin.EmptyFieldListFilter),
        "is_unwanted",
    )
    list_select_related = ("recipient", "digest")
    search_fields = ("address", "recipient__name")
    date_hierarchy = "created_at"
    show_full_result_count = False
    change_list_template = "admin/notifications/message/change_list.html"

    @admin.display(description=_("subject"))
    def about(self, message):
        """What it is about, by its name in the language of the page and its number."""
        return named(message.about_type, message.about_id)

    @admin.display(description=_("what became of it"))
    def what_became_of_it(self, message):
        return message.state.label

    # Every kind -------------------------------------------------------------------------

    def get_urls(self):
        pages = [
            ("kinds/", self.kinds, "kinds"),
            ("kinds/<str:kind>/", self.kind, "kind"),
        ]
        return [
            path(
                route,
                self.admin_site.admin_view(view),
                name=f"notifications_message_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    def kinds(self, request):
        """All kinds, and when each leaves."""
        return self._draw(
            request,
            "kinds",
            title=_("Kinds of e-mails"),
            kinds=[(kind, kind in NEEDED_NOW) for kind in Message.Kind],
        )

    def kind(self, request, kind):
        """One kind with invented facts: in Welsh, in English and in both."""
        if kind not in Message.Kind:
            raise Http404
        kind = Message.Kind(kind)
        return self._draw(
            request,
            "kind",
            title=capfirst(kind.label),
            is_needed_now=kind in NEEDED_NOW,
            samples=[
                [
                    (language.label, write(kind, facts, language))
                    for language in Message.Language
                ]
                for facts in SAMPLES[kind]
            ],
        )

    def _draw(self, request, name, **context):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return TemplateResponse(
            request,
            f"admin/notifications/message/{name}.html",
            self.admin_site.each_context(request) | {"opts": self.opts} | context,
        )
