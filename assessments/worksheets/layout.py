"""Which rows a worksheet has, in the order of the form and in both languages."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments import pages
from assessments.models import LEVEL_QUESTIONS, OUTCOME_TEXT_QUESTIONS, Question
from assessments.subjects import (
    FACTOR_CHOICES,
    Subject,
    criterion_choices,
    question_choices,
)

LANGUAGES = ("cy", "en")
YES = "yes"  # in the row of one choice of several


@dataclass(frozen=True)
class Words:
    """The same words in both languages."""

    cy: str
    en: str

    def __str__(self):
        """On one line, Welsh first; once where both are the same."""
        return self.cy if self.cy == self.en else f"{self.cy} / {self.en}"


def words(make):
    """What ``make`` returns in each language."""
    texts = {}
    for language in LANGUAGES:
        with override(language):
            texts[language] = str(make())
    return Words(**texts)


@dataclass(frozen=True)
class Heading:
    """A row that says what follows, and on paper from which answers to choose."""

    text: Words
    is_large: bool = False
    choices: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True)
class Line:
    """A row to fill in: an answer, or one choice where several may be chosen.

    ``reference`` names it in the file, by codes and numbers of the framework: the same worksheet
    can be read on another machine.
    """

    reference: str
    subject: Subject
    number: str
    question: Words
    choices: tuple[tuple[str, Words], ...] = ()
    option: str = ""  # the choice of several that this row is about
    takes_several: bool = False  # of ``choices``, in one cell, one a line
    asks_text: bool = False
    asks_date: bool = False


@dataclass(frozen=True)
class Tab:
    """One sheet of the file."""

    title: str
    rows: list[Heading | Line]

    @property
    def lines(self):
        return [row for row in self.rows if isinstance(row, Line)]


def tabs(sheet):
    """The sheets of a worksheet for a whole self-reflection, without its answers."""
    last = len(sheet.modules) + 2
    return [
        Tab(
            _title(1, lambda: _("Cluster")),
            [
                Heading(words(lambda: _("The cluster and this reflection")), True),
                *_lines(pages.context_items),
            ],
        ),
        *(
            Tab(
                f"{place} {_module_title(module.module)}",
                _module_rows(module),
            )
            for place, module in enumerate(sheet.modules, start=2)
        ),
        Tab(
            _title(last, lambda: _("Factors")),
            [
                Heading(
                    words(lambda: _("What helps and hinders")),
                    True,
                    _choices(lambda: FACTOR_CHOICES),
                ),
                *_factor_lines(sheet.enabling_factors),
            ],
        ),
        Tab(
            _title(last + 1, lambda: _("Support")),
            [
                Heading(words(lambda: _("Support needed, and anything else")), True),
                *_lines(lambda: pages.closing_items(sheet.closing.tags)),
            ],
        ),
    ]


def _title(number, make):
    """A short title for a sheet; a spreadsheet takes 31 characters, and no oblique."""
    both = words(make)
    return f"{number} {both.cy} · {both.en}"[:31]


def _module_title(module):
    both = _field(module, "abbreviation")
    title = both.cy if both.cy == both.en else f"{both.cy} · {both.en}"
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:28]


def _field(thing, name):
    return Words(
        *(getattr(thing, f"{name}_{language}") or "" for language in LANGUAGES)
    )


def _module_rows(module):
    rows = [Heading(_field(module.module, "title"), True)]
    for outcome in module.outcomes:
        title = _field(outcome.outcome, "title")
        number = outcome.outcome.number
        rows.append(
            Heading(Words(f"{number}. {title.cy}", f"{number}. {title.en}"), True)
        )
        rows += _outcome_rows(module.module, outcome)
    return rows


def _outcome_rows(module, sheet):
    prefix = f"{module.code}-{sheet.outcome.number}"
    rows, level = [], None
    choices = _choices(
        lambda: criterion_choices(sheet.criteria[0]).choices if sheet.criteria else ()
    )
    if not module.uses_levels:
        heading = _field(module, "criteria_heading")
        rows.append(Heading(heading, choices=choices))
    for criterion in sheet.criteria:
        if criterion.level and criterion.level != level:
            level = criterion.level
            heading = words(lambda number=level: _("Level %s") % number)
            rows.append(Heading(heading, choices=choices))
        place = f"L{level}-{criterion.number}" if level else f"{criterion.number}"
        rows.append(
            Line(
                reference=f"{prefix}-{place}",
                subject=Subject(criterion_id=criterion.pk),
                number=f"{sheet.outcome.number} · {place.replace('-', '.')}",
                question=_field(criterion, "text"),
                choices=choices,
                asks_text=True,
            )
        )
    questions = LEVEL_QUESTIONS if module.uses_levels else []
    rows.append(
        Heading(
            words(lambda: _("The cluster's reflection on this outcome")),
            choices=_choices(
                lambda: (
                    question_choices(Question.OWN_LEVEL, module) if questions else ()
                )
            ),
        )
    )
    wanted = {
        Subject(outcome_id=sheet.outcome.pk, question=question)
        for question in [*questions, *OUTCOME_TEXT_QUESTIONS]
    }
    rows += [
        line
        for line in _lines(
            lambda: pages.outcome_items(sheet),
            prefix=f"{prefix}-",
            number=f"{sheet.outcome.number}",
        )
        if line.subject in wanted
    ]
    return rows


def _factor_lines(factors):
    choices = _choices(lambda: FACTOR_CHOICES)
    return [
        Line(
            reference=f"factor-{factor.number}",
            subject=Subject(enabling_factor_id=factor.pk),
            number=f"{factor.number}",
            question=Words(
                *(
                    f"{getattr(factor, f'title_{language}')}\n\n{getattr(factor, f'text_{language}')}"
                    for language in LANGUAGES
                )
            ),
            choices=choices,
            asks_text=True,
        )
        for factor in factors
    ]


def _choices(make):
    """Pairs of a code and its words in both languages."""
    by_language = []
    for language in LANGUAGES:
        with override(language):
            by_language.append([(code, str(label)) for code, label in make()])
    return tuple(
        (code, Words(cy, en))
        for (code, cy), (_code, en) in zip(*by_language, strict=True)
    )


def _lines(make_items, *, prefix="", number=""):
    """A row for each item; for the professions, of which several are chosen, a row for each too."""
    lines = []
    for place, item in enumerate(make_items()):
        reference = f"{prefix}{item.subject.question or item.key}"
        choices = _choices(lambda at=place: make_items()[at].choices)
        has_rows_of_choices = item.several and not item.asks_for_needs
        if has_rows_of_choices:
            lines += [
                Line(
                    reference=f"{reference}:{code}",
                    subject=item.subject,
                    number=number,
                    question=Words(
                        f"{_label(make_items, place).cy}: {label.cy}",
                        f"{_label(make_items, place).en}: {label.en}",
                    ),
                    choices=((YES, words(lambda: _("Took part"))),),
                    option=code,
                )
                for code, label in choices
            ]
        lines.append(
            Line(
                reference=reference,
                subject=item.subject,
                number=number,
                question=words(lambda at=place: make_items()[at].text_label)
                if has_rows_of_choices
                else _label(make_items, place),
                choices=() if has_rows_of_choices else choices,
                takes_several=bool(choices) and item.asks_for_needs,
                asks_text=bool(item.text_label),
                asks_date=bool(item.date_label),
            )
        )
    return lines


def _label(make_items, place):
    return words(lambda: make_items()[place].label)
