"""The documents of many clusters as one file, and how far its making is."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models import Cycle, Submission
from organisations.models import HealthBoard, Role, User
from reporting.scopes import BOARD, EVERYWHERE, Scope

LIFETIME = datetime.timedelta(days=7)  # for which its file can be fetched
MOST_FAILURES = 3  # of one document, before it is named as failed
MOST_CLAIMS = 10  # of one document, however often its workers were killed
UNDER_WAY = ("waiting", "making")
WITH_FILE = ("ready", "partial")


class Fault(models.TextChoices):
    """Why a document, or a whole pack, could not be made."""

    TOO_LONG = "too_long", _("There is too much text for a PDF.")
    NOT_DRAWN = "not_drawn", _("It could not be drawn.")
    TOO_MANY = "too_many", _("There are too many documents for one PDF.")
    CRASHED = "crashed", _("Making it was broken off again and again.")
    REFUSED = "refused", _("You may not read it any more.")


class PackQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, as long as one may ask for such a pack."""
        own = self.filter(asked_by=user)
        if user.has_role(Role.NATIONAL_OFFICER):
            return own
        return own.filter(health_board__in=user.health_board_ids())

    def under_way(self):
        return self.filter(state__in=UNDER_WAY)

    def with_file(self):
        """Those whose file can be fetched now."""
        return self.filter(state__in=WITH_FILE, expires_at__gt=timezone.now())

    def over(self):
        """Those whose file is to be thrown away."""
        return self.filter(state__in=WITH_FILE, expires_at__lte=timezone.now())


class Pack(models.Model):
    """One document of every cluster of a health board, or of Wales, asked for by one person."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a pack", "Waiting to be made")
        MAKING = "making", pgettext_lazy("of a pack", "Being made")
        READY = "ready", pgettext_lazy("of a pack", "Ready")
        PARTIAL = "partial", pgettext_lazy("of a pack", "Ready, but not complete")
        FAILED = "failed", pgettext_lazy("of a pack", "Not made")
        CANCELLED = "cancelled", pgettext_lazy("of a pack", "Cancelled")
        EXPIRED = "expired", pgettext_lazy("of a pack", "No longer kept")

    class Document(models.TextChoices):
        SUMMARY = "summary", pgettext_lazy("in a pack", "Summary")
        REPORT = "report", pgettext_lazy("in a pack", "Full report")

    class Language(models.TextChoices):
        WELSH = "cy", _("Welsh")
        ENGLISH = "en", _("English")
        BOTH = "both", _("Both, Welsh first")

    class Form(models.TextChoices):
        ZIP = "zip", _("One ZIP file, with a PDF for each cluster")
        BOUND = "bound", _("One PDF, with a bookmark for each cluster")

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="packs")
    health_board = models.ForeignKey(  # none: all of Wales
        HealthBoard, models.PROTECT, related_name="+", null=True
    )
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    document = models.CharField(max_length=10, choices=Document)
    language = models.CharField(max_length=4, choices=Language)
    large_print = models.BooleanField(default=False)
    form = models.CharField(max_length=10, choices=Form)
    # The clusters that had submitted nothing: their names, {"cy": …, "en": …}.
    not_submitted = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # What its file is called on the disk: nobody guesses it.
    token = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes
    fault = models.CharField(max_length=10, choices=Fault, blank=True)
    # Who puts the documents together has until then; ``claims`` tells one such from the next.
    lease_until = models.DateTimeField(null=True)
    claims = models.PositiveSmallIntegerField(default=0)

    objects = PackQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "pack")
        verbose_name_plural = pgettext_lazy("things", "packs")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(
                fields=["asked_by"],
                condition=Q(state__in=UNDER_WAY),
                name="packs_under_way",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=UNDER_WAY,
                    finished_at=None,
                    expires_at=None,
                    size=None,
                    fault="",
                )
                | Q(
                    state__in=WITH_FILE,
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                    size__isnull=False,
                    fault="",
                )
                | Q(
                    state="expired",
                    finished_at__isnull=False,
                    expires_at__isnull=False,
                    size=None,
                    fault="",
                )
                | Q(
                    state="cancelled",
                    finished_at__isnull=False,
                    expires_at=None,
                    size=None,
                    fault="",
                )
                | Q(
                    Q(state="failed", finished_at__isnull=False, expires_at=None)
                    & Q(size=None)
                    & ~Q(fault=""),
                ),
                name="pack_has_what_belongs_to_its_state",
            ),
            models.CheckConstraint(
                condition=Q(lease_until=None) | Q(state="making"),
                name="pack_is_put_together_while_it_is_made",
            ),
        ]

    def __str__(self):
        return f"{self.asked_by_id}: {self.document} {self.cycle_id} ({self.language})"

    @property
    def scope(self):
        return Scope(BOARD, self.health_board) if self.health_board_id else EVERYWHERE

    @property
    def can_be_a_zip(self):
        """Whether all is made, and what failed is putting it together as one PDF."""
        in_one = self.form == self.Form.BOUND
        return in_one and self.fault in (Fault.TOO_MANY, Fault.CRASHED)

    @property
    def is_under_way(self):
        return self.state in UNDER_WAY

    @property
    def is_claimable(self):
        """Whether nobody puts it together now."""
        return self.lease_until is None or self.lease_until <= timezone.now()

    @property
    def has_file(self):
        return self.state in WITH_FILE and self.expires_at > timezone.now()

    @property
    def is_expired(self):
        return self.state == self.State.EXPIRED or (
            self.state in WITH_FILE and not self.has_file
        )


class PackPartQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(state__in=["waiting", "drawing"])

    def claimable(self):
        """Those that nobody draws: waiting, or begun by whoever has not been heard of since."""
        return self.filter(
            Q(state="waiting") | Q(state="drawing", lease_until__lte=timezone.now())
        )

    def in_order(self):
        return self.order_by("position")


class PackPart(models.Model):
    """The document of one cluster in a pack: a piece of work, done by one worker at a time."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("of a document", "Waiting to be made")
        DRAWING = "drawing", pgettext_lazy("of a document", "Being made")
        DONE = "done", pgettext_lazy("of a document", "Made")
        FAILED = "failed", pgettext_lazy("of a document", "Not made")

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="parts")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    # What the cluster was called when it submitted.
    name_cy = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # Whoever draws it has until then; ``claims`` tells one such from the next.
    lease_until = models.DateTimeField(null=True)
    claims = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=10, choices=Fault, blank=True)

    objects = PackPartQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("thing", "document of a pack")
        verbose_name_plural = pgettext_lazy("things", "documents of a pack")
        ordering = ["pack", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "position"], name="one_document_a_place_in_a_pack"
            ),
            models.UniqueConstraint(
                fields=["pack", "submission"],
                name="one_document_a_submission_in_a_pack",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", lease_until=None, pages=None, fault="")
                | Q(
                    state="drawing",
                    lease_until__isnull=False,
                    claims__gt=0,
                    pages=None,
                    fault="",
                )
                | Q(state="done", lease_until=None, pages__isnull=False, fault="")
                | Q(Q(state="failed", lease_until=None, pages=None) & ~Q(fault="")),
                name="document_of_a_pack_has_what_belongs_to_its_state",
            ),
        ]

    def __str__(self):
        return f"{self.pack_id}: {self.position}"

    @property
    def is_claimable(self):
        """As ``claimable()`` says of rows."""
        return self.state == self.State.WAITING or (
            self.state == self.State.DRAWING and self.lease_until <= timezone.now()
        )

    @property
    def is_given_up(self):
        """Whether it was taken up as often as it may be, and nobody has it."""
        return self.is_claimable and self.claims >= MOST_CLAIMS

    def name(self, language):
        return self.name_cy if language == "cy" else self.name_en
