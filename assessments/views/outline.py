"""The pages of a self-reflection in their order, and which of them somebody wants to see."""

from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments import last_cycle
from assessments.views.loading import outcome_url, reflection_url


class Show(models.TextChoices):
    """Which pages the contents list."""

    ALL = "all", _("Everything")
    UNANSWERED = "unanswered", _("Pages with something left")
    CHANGED = "changed", _("Changed since the last cycle")
    FLAGGED = "flagged", pgettext_lazy("several pages", "Flagged for discussion")

    @classmethod
    def of(cls, request):
        asked = request.GET.get("show")
        return cls(asked) if asked in cls.values else cls.ALL


@dataclass(frozen=True)
class Line:
    """One page of the form in the contents."""

    page: object
    title: object
    url: str
    flags: list = field(default_factory=list)
    changes: int = 0  # answers that are not as they were in the last cycle
    corrected_on: date | None = None  # its wording, since the cycle was opened

    def is_shown(self, show):
        return {
            Show.ALL: True,
            Show.UNANSWERED: bool(self.page.gaps),
            Show.CHANGED: bool(self.changes),
            Show.FLAGGED: bool(self.flags),
        }[show]

    @property
    def unanswered(self):
        return self.page.total - self.page.answered


@dataclass(frozen=True)
class Part:
    """A part of the form, with those of its pages that are shown."""

    number: int
    title: object
    lines: list


@dataclass(frozen=True)
class Filter:
    """A way to look at the contents, and how many pages it shows."""

    show: Show
    count: int


def outline(reflection, sheet, *, flags=(), last_answers=None):
    """All parts with all of their pages, with what is flagged and what has changed."""

    def line(page):
        outcome = page.outcome
        return Line(
            page=page,
            title=outcome,
            url=outcome_url(reflection, outcome),
            flags=[flag for flag in flags if flag.outcome_id == outcome.pk],
            changes=last_cycle.changes(page, last_answers) if last_answers else 0,
            corrected_on=_corrected_on(reflection, page),
        )

    def other(page, title, name):
        return [Line(page, title, reflection_url(name, reflection))]

    contents = [
        (
            _("The cluster and this reflection"),
            other(sheet.context, _("Who took part, how and when"), "context_edit"),
        ),
        *(
            (module.module.title, [line(page) for page in module.outcomes])
            for module in sheet.modules
        ),
        (
            _("What helps and hinders"),
            other(sheet.enablers, _("The enabling factors"), "enablers_edit"),
        ),
        (
            _("Support needed, and anything else"),
            other(sheet.closing, _("In your own words"), "closing_edit"),
        ),
    ]
    return [
        Part(number, title, lines)
        for number, (title, lines) in enumerate(contents, start=1)
    ]


def _corrected_on(reflection, page):
    """When the wording of an outcome was last corrected, if the cycle was open then."""
    opened_at = reflection.cycle.opened_at
    return max(
        (
            wording.dated_on
            for thing in (page.outcome, *page.criteria)
            for wording in thing.corrected_wording
            if opened_at and wording.made_at > opened_at
        ),
        default=None,
    )


def shown(parts, show):
    """The parts with those of their pages that ``show`` is about, without empty ones."""
    chosen = [
        Part(
            part.number,
            part.title,
            [line for line in part.lines if line.is_shown(show)],
        )
        for part in parts
    ]
    return [part for part in chosen if part.lines]


def filters(parts, *, with_last_cycle):
    """What can be chosen; nothing can have changed where there was no cycle before."""
    lines = [line for part in parts for line in part.lines]
    return [
        Filter(show, sum(line.is_shown(show) for line in lines))
        for show in Show
        if show != Show.CHANGED or with_last_cycle
    ]


def next_line(parts):
    """The first page that still needs something, or None."""
    lines = (line for part in parts for line in part.lines)
    return next((line for line in lines if line.page.gaps), None)
