"""Who did what, and when."""

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from organisations.models.people import User


class AuditEvent(models.Model):
    """Who did what, and when; appended only, which the database itself holds to."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        SIGNED_OUT = "signed_out", _("signed out")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        SUPPORT_NEEDS_CHANGED = "support_needs_changed", _("support needs changed")
        STATE_CHANGED = "state_changed", _("state changed")
        ANSWERS_SAVED = "answers_saved", _("answers saved")
        CYCLE_CHANGED = "cycle_changed", _("assessment cycle changed")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")
        FRAMEWORK_LOADED = "framework_loaded", _("framework loaded")
        ORGANISATIONS_LOADED = "organisations_loaded", _("organisations loaded")
        DEMONSTRATION_LOADED = "demonstration_loaded", _("demonstration loaded")

    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="audit_events",
        verbose_name=_("by"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    subject_type = models.CharField(_("subject"), max_length=60, blank=True)
    subject_id = models.CharField(_("subject's number"), max_length=40, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self):
        at = date_format(timezone.localtime(self.at), "j F Y, H:i")
        return f"{at} {self.get_kind_display()}"
