"""What every page of Django admin shares: the site's name and sign-in, the audit, the languages."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from organisations.audit import record
from organisations.models import AuditEvent


@login_not_required
def sign_in(request, extra_context=None):
    """Lead to the service's own sign-in, and from there to the page that was asked for."""
    asked_for = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(
        asked_for, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        asked_for = reverse("admin:index")
    if request.user.is_authenticated:
        if not admin.site.has_permission(request):
            raise PermissionDenied("Django admin is for administrators")
        return redirect(asked_for)
    return redirect(f"{reverse('sign_in')}?{urlencode({'next': asked_for})}")


def change_password(request, extra_context=None):
    """Lead to the service's own page, which writes the change down."""
    return redirect("password_change")


admin.site.site_header = _("Cluster development")
admin.site.site_title = _("Cluster development")
admin.site.index_title = _("Administration")
admin.site.site_url = reverse_lazy("home")
admin.site.login = sign_in
admin.site.password_change = change_password
# Things are removed one at a time, each with its own confirmation and audit event.
admin.site.disable_action("delete_selected")


class AuditedAdmin(admin.ModelAdmin):
    """Writes an audit event for whatever it changes, in the same transaction.

    Its actions ask before they do what cannot be undone, and say what came of it.
    """

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            self.audit(request, AuditEvent.Kind.ADDED, form.instance, form.changed_data)
        elif form.changed_data:
            self.audit(
                request, AuditEvent.Kind.CHANGED, form.instance, form.changed_data
            )
        for formset in formsets:
            for part in formset.new_objects:
                fields = next(
                    line.changed_data for line in formset if line.instance is part
                )
                self.audit(request, AuditEvent.Kind.ADDED, part, fields)
            for part, fields in formset.changed_objects:
                self.audit(request, AuditEvent.Kind.CHANGED, part, fields)

    def save_formset(self, request, form, formset, change):
        # A row that is gone has no number any more, so these are written before.
        for line in getattr(formset, "deleted_forms", []):
            if line.instance.pk:
                self.audit_removal(request, line.instance)
        super().save_formset(request, form, formset, change)

    def delete_model(self, request, obj):
        self.audit_removal(request, obj)
        super().delete_model(request, obj)

    def audit(self, request, kind, subject, fields):
        record(kind, by=request.user, subject=subject, fields=list(fields))

    def audit_removal(self, request, subject):
        record(
            AuditEvent.Kind.REMOVED, by=request.user, subject=subject, name=str(subject)
        )

    def ask(self, request, things, action, title, consequence, notes=()):
        """The page that says what ``action`` will do, with the button that does it.

        ``notes`` say what else must be known of single things.
        """
        return TemplateResponse(
            request,
            "admin/confirm_action.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                "consequence": consequence,
                "notes": notes,
                "things": things,
                "action": action,
                "checkbox": ACTION_CHECKBOX_NAME,
            },
        )

    def say(self, request, thing, sentence, level=messages.WARNING):
        """What came of an action; the name stands outside the sentence."""
        self.message_user(request, f"{thing}: {sentence}", level)


class BilingualAdmin(AuditedAdmin, TranslationAdmin):
    """The same for what has a Welsh and an English text: each language in its tab."""

    class Media:
        # As in TabbedTranslationAdmin, but for its style sheet: the tabs' look is ours.
        js = (
            "admin/js/jquery.init.js",
            "modeltranslation/js/force_jquery.js",
            settings.JQUERY_UI_URL,
            "modeltranslation/js/tabbed_translation_fields.js",
            "admin_languages.js",
        )


def named(model, number):
    """What is known by its model and its number alone, in the language of the page."""
    try:
        kind = apps.get_model(model)._meta.verbose_name
    except (LookupError, ValueError):  # none, or of a model that is no more
        kind = model
    return f"{kind} {number}".strip() or "–"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows what nobody may add, change or remove."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
