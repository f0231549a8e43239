"""The levels of a submission at a glance, as the summary's tables have them, and how tall those are.

Call with the document's language activated. The measures are those of ``.brief`` in summary.css.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.pdf.fitting import POINT, lines_of, shortened
from reporting.pdf.shapes import Level, Module, Outcome

WIDTH = 178  # millimetres between the margins
LETTERS = 9  # points
LINE = LETTERS * 1.2 * POINT
PADDING = 1.3  # of a row, with its rule
# A module's title and the heads of its columns, which take more lines where there are no levels.
HEAD, HEAD_OF_SIGNS = 17, 25
GAP = 2  # between the columns
LEVEL, CHANGE, COUNT, SIGN = 30, 37, 19, 17  # widths of columns
LINES_OF_A_TITLE = (
    3,
    2,
)  # at most; the second where the first would take too much room


@dataclass(frozen=True)
class Change:
    """What became of the cluster's own level since it submitted before."""

    shape: str
    words: str


@dataclass(frozen=True)
class Row:
    """An outcome. ``change`` is None where nothing was submitted before."""

    outcome: Outcome
    title: str
    change: Change | None = None


@dataclass(frozen=True)
class Glance:
    """A module's outcomes, one a row; ``begins_page`` where it has no room on the first."""

    module: Module
    title: str
    rows: list[Row]
    has_changes: bool
    height: float
    begins_page: bool = False


def glance_at(module, before, *, most_lines):
    """The table of ``module``; ``before`` are its levels then by number, None where it has none."""
    has_changes = module.uses_levels and before is not None
    width = _width_of_titles(module, has_changes)
    rows = [
        Row(
            outcome,
            shortened(
                f"{outcome.number}. {outcome.title}",
                most_lines,
                width=width - GAP,
                points=LETTERS,
            ),
            _change(outcome, before) if has_changes else None,
        )
        for outcome in module.outcomes
    ]
    return Glance(
        module,
        shortened(module.title, 1, width=WIDTH, points=12, weight=600),
        rows,
        has_changes,
        height=(HEAD if module.uses_levels else HEAD_OF_SIGNS)
        + sum(_height(row, width) for row in rows),
    )


def _width_of_titles(module, has_changes):
    if not module.uses_levels:
        return WIDTH - 5 * SIGN
    levels = 2 if module.has_agreed_levels else 1
    return WIDTH - levels * LEVEL - (CHANGE if has_changes else 0) - COUNT


def _height(row, width):
    lines = lines_of(row.title, width=width - GAP, points=LETTERS)
    if row.change:
        # The shape stands before the words.
        change = lines_of(row.change.words, width=CHANGE - GAP - 5, points=LETTERS)
        lines = max(lines, change)
    if row.outcome.own_level is None or not row.outcome.agreed:
        lines = max(
            lines,
            lines_of(_("No level agreed"), width=LEVEL - GAP, points=LETTERS),
            lines_of(_("Not answered"), width=LEVEL - GAP - 4, points=LETTERS),
        )
    return lines * LINE + PADDING


def _change(outcome, before):
    if outcome.number not in before:
        return Change("none", _("a new outcome"))
    then = before[outcome.number]
    if then is None:
        return Change("none", _("not answered before"))
    level, own = Level(then), outcome.own_level
    if own is None:
        return Change("none", _("before: %(level)s") % {"level": level.number})
    if own.level == then:
        return Change("dash", _("no change"))
    steps = {"steps": abs(own.level - then), "level": level.number}
    if own.level > then:
        return Change("up", _("up %(steps)s (before: %(level)s)") % steps)
    return Change("down", _("down %(steps)s (before: %(level)s)") % steps)
