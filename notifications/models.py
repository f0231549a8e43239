"""What was sent to whom, and whether it left."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisations.models import User


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What messages say: in a demonstration, whose accounts are everybody's, to all.

        Elsewhere to nobody, because a link in a message is a secret.
        """
        return self if settings.DEMONSTRATION else self.none()

    def waiting(self):
        """Those that did not leave and can be written again: they hold no secret."""
        return self.filter(sent_at=None).exclude(facts={})


class Message(models.Model):
    """One e-mail to one person: the log of what was sent.

    What it says is kept in a demonstration only. ``facts`` holds the names and places that a
    message is written from, where none of them is a secret, so that it can be written again.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", pgettext_lazy("e-mail", "invitation")
        ROLE_GIVEN = "role_given", pgettext_lazy("e-mail", "role given")
        PASSWORD_RESET = "password_reset", pgettext_lazy("e-mail", "new password")
        RETURNED = "returned", pgettext_lazy("e-mail", "self-reflection returned")
        EXTENSION_GRANTED = (
            "extension_granted",
            pgettext_lazy("e-mail", "extension granted"),
        )
        SUBMITTED = "submitted", pgettext_lazy("e-mail", "self-reflection submitted")
        CYCLE_OPENED = "cycle_opened", pgettext_lazy("e-mail", "cycle opened")
        CYCLE_EXTENDED = "cycle_extended", pgettext_lazy("e-mail", "cycle extended")
        REVIEW_ASSIGNED = "review_assigned", pgettext_lazy("e-mail", "review assigned")
        REVIEW_ANNOUNCED = (
            "review_announced",
            pgettext_lazy("e-mail", "review announced"),
        )
        REVIEW_MEETING = (
            "review_meeting",
            pgettext_lazy("e-mail", "meeting of a review group"),
        )
        REVIEW_REMOVED = (
            "review_removed",
            pgettext_lazy("e-mail", "taken out of a review group"),
        )
        REVIEW_AGREED = (
            "review_agreed",
            pgettext_lazy("e-mail", "agreement of a review recorded"),
        )
        REVIEW_MENTION = (
            "review_mention",
            pgettext_lazy("e-mail", "mentioned in a review"),
        )
        CONTACT_ASKED = (
            "contact_asked",
            pgettext_lazy("e-mail", "asked to be put in touch"),
        )

    class Language(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")
        BOTH = "both", _("Both, Welsh first")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    recipient = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="messages",
        verbose_name=_("person"),
    )
    address = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=4, choices=Language)
    subject = models.CharField(_("heading"), max_length=400)
    about_type = models.CharField(_("subject"), max_length=60, blank=True)
    about_id = models.CharField(_("subject's number"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    error = models.CharField(_("why it did not leave"), max_length=300, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    # Plain text; empty outside a demonstration.
    text = models.TextField(blank=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["about_type", "about_id"], name="message_about_something"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(error=""),
                name="message_that_was_sent_has_no_error",
            )
        ]

    def __str__(self):
        written_at = date_format(timezone.localtime(self.created_at), "j F Y, H:i")
        return f"{written_at} {self.get_kind_display()}"
