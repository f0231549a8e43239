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

    def written_to(self, user):
        """The person's own, whatever became of them: when and of what, never what they say."""
        return self.filter(recipient=user)

    def waiting(self):
        """Those that are to leave, did not, and can be written again: they hold no secret."""
        return self.filter(sent_at=None, held_at=None, is_unwanted=False).exclude(
            facts={}
        )

    def held(self):
        """Those that wait for the day's e-mail of their reader."""
        return self.filter(held_at__isnull=False, digest=None)


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
        REMINDER = "reminder", pgettext_lazy("e-mail", "reminder of a deadline")
        LAST_REMINDER = (
            "last_reminder",
            pgettext_lazy("e-mail", "last reminder of a deadline"),
        )
        ANNOTATIONS_SHARED = (
            "annotations_shared",
            pgettext_lazy("e-mail", "what reviewers wrote was shared"),
        )
        REPLY = "reply", pgettext_lazy("e-mail", "reply in a review")
        ACTION_DUE = "action_due", pgettext_lazy("e-mail", "action due soon")
        ACTION_OVERDUE = "action_overdue", pgettext_lazy("e-mail", "action overdue")
        ACTION_ESCALATED = (
            "action_escalated",
            pgettext_lazy("e-mail", "action escalated"),
        )
        PACK_READY = "pack_ready", pgettext_lazy("e-mail", "documents ready")
        WORDS_CHOSEN = (
            "words_chosen",
            pgettext_lazy("e-mail", "words chosen for the yearly page"),
        )
        DIGEST = "digest", pgettext_lazy("e-mail", "the day's e-mails in one")

    class State(models.TextChoices):
        """What became of one, for its readers."""

        SENT = "sent", pgettext_lazy("e-mail", "Sent")
        TOGETHER = "together", pgettext_lazy("e-mail", "Sent in the day's e-mail")
        HELD = "held", pgettext_lazy("e-mail", "Waits for the day's e-mail")
        UNWANTED = (
            "unwanted",
            pgettext_lazy("e-mail", "Not sent: such e-mails were not wanted"),
        )
        WAITING = "waiting", pgettext_lazy("e-mail", "Has not left yet")

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
    # Kept back for the day's e-mail, because its reader wants them together. It never leaves itself.
    held_at = models.DateTimeField(_("kept for the day's e-mail since"), null=True)
    # The day's e-mail in which it was told.
    digest = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=_("sent in"),
    )
    # Of which day it is its reader's one e-mail.
    daily_on = models.DateField(_("the day's e-mail of"), null=True)
    # Its reader wants only what needs something done: written down, and never sent.
    is_unwanted = models.BooleanField(_("not wanted"), default=False)
    # What may be said once only, to whom and on which occasion.
    once_key = models.CharField(max_length=200, blank=True, editable=False)
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
            ),
            models.CheckConstraint(
                condition=Q(is_unwanted=False)
                | Q(sent_at=None, error="", held_at=None, digest=None, daily_on=None),
                name="message_that_is_unwanted_is_not_sent",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(sent_at=None, error="", daily_on=None),
                name="message_that_is_held_never_leaves_itself",
            ),
            models.CheckConstraint(
                condition=Q(digest=None) | Q(held_at__isnull=False),
                name="message_in_a_digest_was_held",
            ),
            models.UniqueConstraint(
                fields=["once_key"],
                condition=~Q(once_key=""),
                name="message_is_said_once",
            ),
            models.UniqueConstraint(
                fields=["recipient", "daily_on"],
                name="one_daily_message_a_person_and_day",
            ),
        ]

    def __str__(self):
        written_at = date_format(timezone.localtime(self.created_at), "j F Y, H:i")
        return f"{written_at} {self.get_kind_display()}"

    @property
    def state(self):
        """What became of it; asks for its digest, which lists bring along."""
        if self.is_unwanted:
            return self.State.UNWANTED
        if self.sent_at:
            return self.State.SENT
        if self.digest_id and self.digest.sent_at:
            return self.State.TOGETHER
        if self.held_at and not self.digest_id:
            return self.State.HELD
        return self.State.WAITING
