"""The yearly page of what was learned and what changed, and its entries in both languages."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Action, ActionStatus
from organisations.models import Role, User
from peerreview.models import GoodPractice

FIRST_YEAR, LAST_YEAR = 2000, 2100
WORDS = ("heading_cy", "text_cy", "heading_en", "text_en")


def _edits(user):
    return (
        user.is_authenticated
        and user.is_active
        and user.has_role(Role.NATIONAL_OFFICER)
    )


class LearnedQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def visible_to(self, user):
        """What is public is everybody's, what is published theirs who are signed in.

        Drafts are the national officers' alone.
        """
        if _edits(user):
            return self.all()
        if user.is_authenticated and user.is_active:
            return self.published()
        return self.filter(is_public=True)


class Learned(models.Model):
    """A year's page: what clusters learned and what changed, as the national programme tells it."""

    year = models.PositiveSmallIntegerField(unique=True)
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)  # none while it is a draft
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_public = models.BooleanField(default=False)  # opens without signing in

    objects = LearnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("page of what was learned")
        verbose_name_plural = _("pages of what was learned")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="learned_year_in_range",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, is_public=False)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="learned_publication_is_signed_and_dated",
            ),
        ]

    def __str__(self):
        return str(self.year)

    @property
    def is_published(self):
        return self.published_at is not None


class LearnedWords(models.Model):
    """What an entry says, in both languages, and to whom it may be said."""

    class Readers(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("readers", "Nobody yet")
        SIGNED_IN = "signed_in", pgettext_lazy("readers", "Everyone who can sign in")
        PUBLIC = "public", pgettext_lazy("readers", "Everybody, without signing in")

    heading_cy = models.CharField(max_length=200, blank=True)
    heading_en = models.CharField(max_length=200, blank=True)
    text_cy = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    # To whom the clusters concerned have agreed that it is shown.
    readers = models.CharField(
        max_length=10, choices=Readers, default=Readers.SIGNED_IN
    )
    names_cluster = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def heading(self):
        return self.heading_cy if get_language() == "cy" else self.heading_en

    @property
    def text(self):
        return self.text_cy if get_language() == "cy" else self.text_en


class LearnedEntryQuerySet(models.QuerySet):
    def shown(self):
        """What readers may be shown: in both languages, agreed to, and its source as it was.

        Good practice to which consent was withdrawn since is not, even where it was given again:
        whoever edits the page has to look at it once more. Nor is an action that is open again.
        """
        headed = Q(section=LearnedEntry.Section.INTRODUCTION) | ~(
            Q(heading_cy="") | Q(heading_en="")
        )
        return (
            self.filter(headed, removed_at=None)
            .exclude(Q(text_cy="") | Q(text_en=""))
            .exclude(readers=LearnedEntry.Readers.NOBODY)
            .filter(
                Q(practice=None)
                | Q(
                    practice__withdrawn_at=None,
                    practice__consented_at__lte=F("changed_at"),
                ),
                Q(action=None) | Q(action__status=ActionStatus.DONE),
            )
        )

    def visible_to(self, user):
        """What is shown on pages that ``user`` may open, and for national officers everything.

        Clusters consented to readers of the library: good practice that they did not make public is
        shown to those alone.
        """
        if _edits(user):
            return self.all()
        shown = self.shown().filter(learned__in=Learned.objects.visible_to(user))
        is_public = Q(readers=LearnedEntry.Readers.PUBLIC)
        if not (user.is_authenticated and user.is_active):
            return shown.filter(is_public)
        in_the_library = GoodPractice.objects.visible_to(user).shared()
        return shown.filter(
            is_public | Q(practice=None) | Q(practice__in=in_the_library)
        )


class LearnedEntry(LearnedWords):
    """One thing on the page: from an action that is done, from good practice, or the officers' own.

    Taken off the page it is kept, so that no word is lost.
    """

    class Section(models.TextChoices):
        INTRODUCTION = "introduction", _("Introduction")
        LEARNED = "learned", _("What we learned")
        CHANGED = "changed", _("What changed")

    learned = models.ForeignKey(Learned, models.PROTECT, related_name="entries")
    section = models.CharField(max_length=20, choices=Section)
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="+")
    practice = models.ForeignKey(
        GoodPractice, models.PROTECT, null=True, related_name="+"
    )
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    # When somebody last judged the words and who may read them.
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0)

    objects = LearnedEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of what was learned")
        verbose_name_plural = _("entries of what was learned")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action=None, practice=None)
                | Q(action__isnull=False, practice=None, section="changed")
                | Q(action=None, practice__isnull=False, section="learned"),
                name="learned_entry_has_one_source_or_none",
            ),
            models.CheckConstraint(
                condition=Q(names_cluster=False)
                | Q(action__isnull=False)
                | Q(practice__isnull=False),
                name="learned_entry_names_the_cluster_of_its_source",
            ),
            models.UniqueConstraint(
                fields=["learned", "action"], name="learned_action_chosen_once"
            ),
            models.UniqueConstraint(
                fields=["learned", "practice"], name="learned_practice_chosen_once"
            ),
            models.UniqueConstraint(
                fields=["learned"],
                condition=Q(section="introduction"),
                name="learned_has_one_introduction",
            ),
        ]

    def __str__(self):
        return f"{self.learned_id}: {self.section} {self.position}"

    @property
    def is_introduction(self):
        return self.section == self.Section.INTRODUCTION

    @property
    def cluster(self):
        """Whose words it began with; None where it is the officers' own."""
        if self.practice:
            return self.practice.cluster
        return self.action and self.action.reflection.cluster

    @property
    def missing(self):
        """The names of what has still to be written. An introduction may be left out altogether."""
        if self.is_introduction:
            left = [name for name in ("text_cy", "text_en") if not getattr(self, name)]
            return left if len(left) == 1 else []
        return [name for name in WORDS if not getattr(self, name)]


class LearnedVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.all() if _edits(user) else self.none()


class LearnedVersion(LearnedWords):
    """An entry as somebody saved it, or words that were refused; kept for good."""

    entry = models.ForeignKey(LearnedEntry, models.PROTECT, related_name="versions")
    # None where it was refused, because somebody else had changed the same words.
    version = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = LearnedVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an entry")
        verbose_name_plural = _("versions of an entry")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "version"], name="learned_version_unique"
            )
        ]

    def __str__(self):
        return f"{self.entry_id}: {self.version}"
