"""What a yearly page shows, and what its editors can choose from."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef
from django.utils import timezone

from assessments.models import Action
from peerreview.models import GoodPractice
from reporting.models import LearnedEntry

Section = LearnedEntry.Section
SECTIONS = (Section.LEARNED, Section.CHANGED)
SOURCES = ("practice__cluster", "action__reflection__cluster")


@dataclass(frozen=True)
class LearnedPage:
    """A year's page as one of its readers sees it."""

    learned: object
    introduction: LearnedEntry | None
    sections: list  # pairs: the section, and its entries in their order

    @cached_property
    def entries(self):
        return [entry for _section, entries in self.sections for entry in entries]

    @property
    def is_for_everybody(self):
        """Whether all that it shows here is shown without signing in too."""
        return self.learned.is_public and all(
            entry.readers == entry.Readers.PUBLIC for entry in self.entries
        )

    @property
    def dated(self):
        """The day on which it last changed."""
        shown = [*self.entries, *([self.introduction] if self.introduction else [])]
        moments = [entry.changed_at for entry in shown]
        if self.learned.published_at:
            moments.append(self.learned.published_at)
        return timezone.localtime(max(moments)) if moments else None


def load_page(learned, reader):
    """What ``reader`` is shown of ``learned``: of a draft, what readers would be. One query."""
    shown = list(
        LearnedEntry.objects.visible_to(reader)
        .shown()
        .filter(learned=learned)
        .select_related(*SOURCES)
    )
    introduction = next((entry for entry in shown if entry.is_introduction), None)
    return LearnedPage(learned, introduction, _in_sections(shown))


def _in_sections(entries):
    return [
        (section, of_it)
        for section in SECTIONS
        if (of_it := [entry for entry in entries if entry.section == section])
    ]


# Editing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class EditedEntry:
    """An entry as its editors see it, and why readers do not, if they do not."""

    entry: LearnedEntry
    is_shown: bool

    @property
    def missing(self):
        return self.entry.missing

    @property
    def awaits_agreement(self):
        return self.entry.readers == self.entry.Readers.NOBODY

    @property
    def source_has_changed(self):
        """Complete and agreed to, and yet not shown."""
        if self.entry.is_introduction:
            return False
        return not (self.is_shown or self.missing or self.awaits_agreement)


@dataclass(frozen=True)
class Edited:
    """All of a page for its editors; the entries by section, also where there are none."""

    introduction: EditedEntry
    sections: list
    removed: list[LearnedEntry]


def load_edited(learned, editor):
    """Two queries."""
    entries = LearnedEntry.objects.visible_to(editor).filter(learned=learned)
    shown = set(entries.shown().values_list("pk", flat=True))
    standing, removed = [], []
    for entry in entries.select_related(*SOURCES):
        if entry.removed_at:
            removed.append(entry)
        else:
            standing.append(EditedEntry(entry, entry.pk in shown))
    introduction = next(each for each in standing if each.entry.is_introduction)
    return Edited(
        introduction=introduction,
        sections=[
            (section, [each for each in standing if each.entry.section == section])
            for section in SECTIONS
        ],
        removed=removed,
    )


def _unchosen(candidates, learned, source):
    chosen = LearnedEntry.objects.filter(
        learned=learned, removed_at=None, **{source: OuterRef("pk")}
    )
    return candidates.exclude(Exists(chosen))


def candidate_actions(learned, editor):
    """Actions of that year that are done and say what changed, the latest first."""
    actions = Action.objects.visible_to(editor).filter(
        status=Action.Status.DONE, closed_at__year=learned.year
    )
    return (
        _unchosen(actions.exclude(what_changed=""), learned, "action")
        .select_related("reflection__cluster", "reflection__cycle")
        .order_by("-closed_at", "-pk")
    )


def candidate_practices(learned, editor):
    """Good practice that is shared now, the latest first."""
    return _unchosen(
        GoodPractice.objects.visible_to(editor).shared(), learned, "practice"
    ).select_related("cluster")
