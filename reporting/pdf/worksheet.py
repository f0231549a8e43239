"""The blank worksheet: the whole form of a cycle on paper, for a room where people think with a pen.

Reads the edition of the framework with its corrections and what clusters can choose from, and
nothing that any cluster wrote.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import pages, selectors
from assessments.models import OUTCOME_TEXT_QUESTIONS, Question
from assessments.needs import load_tags
from assessments.sheet import OutcomeSheet
from assessments.subjects import FACTOR_CHOICES, criterion_choices
from cdf_site.common import long_text
from frameworks.errata import read_over
from frameworks.models import Criterion
from reporting.pdf.rendering import draw, parts_of
from reporting.pdf.shapes import Level
from reporting.tallies import factors_of

LINES_FOR_WORDS, LINES_BELOW_A_LIST, LINES_FOR_A_REASON = 3, 2, 1
FEW = 4  # choices, which stand on one line


@dataclass(frozen=True)
class Asked:
    """A question: boxes to tick, lines to write on, or both."""

    label: str
    hint: str = ""
    choices: list[str] = field(default_factory=list)
    text_label: str = ""  # where it is not what the question says already
    lines: range = range(0)
    date_label: str = ""  # where a date is asked for
    blocks: list = field(default_factory=list)  # of the framework

    @property
    def are_few(self):
        return len(self.choices) <= FEW


@dataclass(frozen=True)
class CriterionGroup:
    """The criteria of one level, or all of them where there are no levels."""

    level: Level | None
    choices: list[str]
    criteria: list[list]  # the blocks of each


@dataclass(frozen=True)
class OutcomeForm:
    number: int
    title: str
    criteria_heading: str
    groups: list[CriterionGroup]
    comment_lines: range
    questions: list[Asked]


@dataclass(frozen=True)
class FormPart:
    """One of the parts of the form."""

    number: int
    title: str
    questions: list[Asked] = field(default_factory=list)
    outcomes: list[OutcomeForm] = field(default_factory=list)

    @property
    def heading(self):
        return _("Part %(number)s: %(title)s") % {
            "number": self.number,
            "title": self.title,
        }


@dataclass(frozen=True)
class Worksheet:
    """One language's document."""

    language: str
    cycle: str
    edition: str
    closes_on: str
    is_unofficial: bool  # whether the framework's words are, in this language
    parts: list[FormPart]

    @property
    def title(self):
        return f"{_('Worksheet')}: {self.cycle}"

    @property
    def running_head(self):
        return f"{_('Worksheet')} · {self.cycle}"


def render_worksheet(cycle, *, languages, large_print=False):
    """The form of ``cycle``, with nothing filled in, as ``draw`` draws it. Raises TooLong."""
    framework = _Framework(cycle.edition)
    parts = parts_of(
        "reporting/worksheet.html",
        "worksheet",
        languages=languages,
        document_in=lambda language: _worksheet(cycle, framework, language),
    )
    return draw(
        parts,
        languages=languages,
        created_at=cycle.opened_at,
        large_print=large_print,
    )


class _Framework:
    """What the form asks about, with corrected wording in both languages: four queries, or five."""

    def __init__(self, edition):
        self.edition = edition
        outcomes = selectors.outcomes_of(edition)
        criteria = list(Criterion.objects.filter(outcome__module__edition=edition))
        self.factors = factors_of(edition)
        self.tags = [tag for tag in load_tags() if tag.is_offered]
        read_over(edition, [edition, *criteria])
        self.sheets = [
            OutcomeSheet(
                module=outcome.module,
                outcome=outcome,
                criteria=[each for each in criteria if each.outcome_id == outcome.pk],
                answers={},
                tags=self.tags,
            )
            for outcome in outcomes
        ]

    @property
    def modules(self):
        """Pairs of a module and the sheets of its outcomes."""
        return [
            (sheets[0].module, sheets)
            for sheets in (
                list(of_module)
                for _key, of_module in groupby(
                    self.sheets, lambda sheet: sheet.module.pk
                )
            )
        ]


def _worksheet(cycle, framework, language):
    """The form in ``language``, which is active."""
    modules = [
        FormPart(number, module.title, outcomes=[_outcome(each) for each in sheets])
        for number, (module, sheets) in enumerate(framework.modules, start=2)
    ]
    last = len(modules) + 2
    return Worksheet(
        language=language,
        cycle=cycle.name,
        edition=framework.edition.title,
        closes_on=date_format(timezone.localtime(cycle.closes_at), "j F Y"),
        is_unofficial=framework.edition.unofficial_language == language,
        parts=[
            FormPart(
                1,
                _("The cluster and this reflection"),
                [_asked(item) for item in pages.context_items()],
            ),
            *modules,
            FormPart(
                last,
                _("What in the system helps and hinders"),
                [_factor(factor) for factor in framework.factors],
            ),
            FormPart(
                last + 1,
                _("Support needed, and anything else"),
                [_asked(item) for item in pages.closing_items(framework.tags)],
            ),
        ],
    )


def _asked(item):
    has_reason = bool(item.choices) and not item.asks_for_needs
    return Asked(
        label=str(item.label),
        hint=str(item.hint or item.text_hint),
        choices=[str(label) for _code, label in item.choices],
        text_label=str(item.text_label) if has_reason else "",
        lines=range(_line_count(item) if item.text_label else 0),
        date_label=str(item.date_label) if item.date_label != item.label else _("Date"),
    )


def _line_count(item):
    if not item.choices:
        return LINES_FOR_WORDS
    return LINES_BELOW_A_LIST if item.asks_for_needs else LINES_FOR_A_REASON


def _factor(factor):
    [item] = pages.enabler_items([factor])
    return Asked(
        label=str(item.label),
        blocks=long_text.parse(factor.text),
        choices=[str(label) for _code, label in FACTOR_CHOICES],
        text_label=str(item.text_label),
        lines=range(LINES_FOR_WORDS),
    )


def _outcome(sheet):
    outcome, module = sheet.outcome, sheet.module
    wanted = {Question.OWN_LEVEL, Question.TARGET_LEVEL, *OUTCOME_TEXT_QUESTIONS}
    return OutcomeForm(
        number=outcome.number,
        title=outcome.title,
        criteria_heading=module.criteria_heading,
        groups=[
            _group(level, list(criteria))
            for level, criteria in groupby(sheet.criteria, lambda each: each.level)
        ],
        comment_lines=range(LINES_FOR_A_REASON),
        questions=[
            _asked(item)
            for item in pages.outcome_items(sheet)
            if item.subject.question in wanted
        ],
    )


def _group(level, criteria):
    return CriterionGroup(
        level=level and Level(level),
        choices=[str(label) for label in criterion_choices(criteria[0]).labels],
        criteria=[long_text.parse(each.text) for each in criteria],
    )
