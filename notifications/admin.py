"""Django admin for the log of e-mails: what was sent to whom, never what it said."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from notifications.models import Message
from organisations.admin_base import ReadOnlyAdmin, named


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "address", "sent_at", "error")
    fields = (
        "created_at",
        "kind",
        "recipient",
        "address",
        "language",
        "subject",
        "about",
        "sent_at",
        "error",
    )
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("recipient",)
    search_fields = ("address", "recipient__name")
    date_hierarchy = "created_at"
    show_full_result_count = False

    @admin.display(description=_("subject"))
    def about(self, message):
        """What it is about, by its name in the language of the page and its number."""
        return named(message.about_type, message.about_id)
