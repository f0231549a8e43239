"""What people wrote, chosen and shortened for the summary, so that it fits on its second page.

Call with the document's language activated. The measures are those of ``.brief`` in summary.css.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from django.utils.translation import gettext as _

from assessments.models import Question
from reporting.pdf.fitting import POINT, lines_of, shortened
from reporting.pdf.glance import WIDTH
from reporting.pdf.shapes import Answer

LETTERS, SMALL = 9.5, 8.5  # points
LINE, SMALL_LINE = LETTERS * 1.28 * POINT, SMALL * 1.25 * POINT
PADDING = 2.4  # of a row, with its rule
ABOUT, DATE, INSET = 56, 27, 4  # widths of columns; what is not text in the last
HEADING, NOTE = 11, 4.8  # heights, with what is above and below
INTRODUCTION = 10
# How many texts of each section, and how many lines of each at most: the first that fits is drawn,
# with more lines, and then more texts, as long as there is room.
CHOICES = (
    *((8, 6), (7, 5), (6, 4), (6, 3), (5, 3), (4, 3), (4, 2), (3, 2), (2, 2)),
    *((1, 2), (1, 1)),
)
MOST_LINES = 12
LINES_OF_NEEDS = 2


@dataclass(frozen=True)
class Item:
    """What was written about one outcome, or about all of them."""

    about: str
    words: Answer
    place: tuple[int, ...] = ()  # in the form
    has_date_column: bool = False

    @property
    def height(self):
        about = lines_of(self.about, width=ABOUT - 3, points=SMALL, weight=600)
        text = lines_of(self.words.text, width=self.room, points=LETTERS)
        beside = (about + self.words.is_foreign) * SMALL_LINE
        return max(beside, text * LINE) + PADDING

    @property
    def room(self):
        """How wide the text is."""
        return WIDTH - ABOUT - INSET - (DATE if self.has_date_column else 0)

    def at_most(self, lines):
        text = shortened(self.words.text, lines, width=self.room, points=LETTERS)
        about = shortened(self.about, 3, width=ABOUT - 3, points=SMALL, weight=600)
        return replace(self, about=about, words=replace(self.words, text=text))


@dataclass(frozen=True)
class Section:
    """One of the three: ``items`` are some of the ``total`` that there are."""

    heading: str
    items: list[Item]
    overall: Item | None = None
    needs: str = ""
    total: int = 0

    @property
    def all_items(self):
        return [self.overall, *self.items] if self.overall else self.items

    @property
    def has_dates(self):
        return any(item.has_date_column for item in self.items)

    @property
    def height(self):
        notes = NOTE * (
            bool(self.needs) * LINES_OF_NEEDS
            + (len(self.items) < self.total or not self.all_items)
        )
        return HEADING + notes + sum(item.height for item in self.all_items)

    def _first(self, most):
        """The first ``most`` items, in the order of the form unless they have dates."""
        items = self.items[:most]
        return items if self.has_dates else sorted(items, key=lambda item: item.place)

    def shortened(self, most, lines):
        """The same with ``most`` items, each of at most so many lines."""
        return replace(
            self,
            items=[item.at_most(lines) for item in self._first(most)],
            overall=self.overall and self.overall.at_most(lines),
        )


def sections_for(report, room):
    """What ``report`` says is going well, is needed, and happens next, in ``room`` millimetres."""
    whole = [_going_well(report), _support(report), _next_steps(report)]

    def drawn(counts, lines):
        pairs = zip(whole, counts, strict=True)
        return [section.shortened(count, lines) for section, count in pairs]

    def fits(counts, lines):
        heights = (section.height for section in drawn(counts, lines))
        return INTRODUCTION + sum(heights) <= room

    for most, lines in CHOICES:
        counts = [most] * len(whole)
        if fits(counts, lines):
            break
    while lines < MOST_LINES and fits(counts, lines + 1):
        lines += 1
    for place in range(len(whole)):
        more = [count + (at == place) for at, count in enumerate(counts)]
        counts = more if fits(more, lines) else counts
    return drawn(counts, lines)


def _going_well(report):
    """From each module in turn, the outcomes with the highest levels and strongest signs first."""
    items = _items(report, Question.GOING_WELL, best_first=True)
    return Section(_("What is going well"), items, total=len(items))


def _support(report):
    """From each module in turn, the outcomes with the lowest levels and weakest signs first."""
    items = _items(report, Question.SUPPORT_NEEDED, best_first=False)
    overall = next(
        answer
        for answer in [*report.closing, Answer(question=Question.SUPPORT_OVERALL)]
        if answer.question == Question.SUPPORT_OVERALL
    )
    return Section(
        _("What support is needed"),
        items,
        overall=Item(overall.label, overall) if overall.text else None,
        needs=_needs(report, overall),
        total=len(items),
    )


def _next_steps(report):
    """The earliest date first, and those without a date last."""
    items = [
        replace(_item(module, outcome, answer), has_date_column=True)
        for module, outcome, answer in _answers(report, Question.NEXT_STEPS)
    ]
    items.sort(key=lambda item: item.words.day or "9999")
    return Section(_("What happens next, and by when"), items, total=len(items))


def _items(report, question, *, best_first):
    by_module = {}
    for module, outcome, answer in _answers(report, question):
        item = _item(module, outcome, answer)
        by_module.setdefault(module.place, []).append((_standing(outcome), item))
    ranked = [
        [item for _rank, item in sorted(pairs, key=_rank, reverse=best_first)]
        for pairs in by_module.values()
    ]
    return [item for item in chain(*zip_longest(*ranked)) if item]


def _rank(pair):
    return pair[0]


def _standing(outcome):
    """How far an outcome is among those of its module: by its level, or by its signs."""
    if outcome.own_level:
        return outcome.own_level.level
    if outcome.signs:
        strong, some, _none = outcome.signs
        return (2 * strong + some) / max(1, outcome.total)
    return -1


def _answers(report, question):
    return [
        (module, outcome, answer)
        for module in report.modules
        for outcome in module.outcomes
        for answer in outcome.answers
        if answer.question == question and answer.text
    ]


def _item(module, outcome, answer):
    about = f"{module.abbreviation} {outcome.number}. {outcome.title}"
    return Item(about, answer, (module.place, outcome.number))


def _needs(report, overall):
    """The support needs that were chosen, with how many outcomes each was chosen for."""
    counted = Counter(
        name
        for module in report.modules
        for outcome in module.outcomes
        for answer in outcome.answers
        if answer.question == Question.SUPPORT_NEEDED
        for name in answer.chosen
    )
    named = [f"{name} ({count})" for name, count in counted.most_common()]
    named += [name for name in overall.chosen if name not in counted]
    if not named:
        return ""
    text = _("Chosen from the list, and for how many outcomes: %(needs)s") % {
        "needs": "; ".join(named)
    }
    return shortened(text, LINES_OF_NEEDS, width=WIDTH, points=SMALL)
