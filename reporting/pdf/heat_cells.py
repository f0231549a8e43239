"""Heat maps as a document says them: in each cell a level, and lines of text below it."""

from dataclasses import dataclass, replace
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.heat_map import load_heat_map

NONE = "–"


@dataclass(frozen=True)
class HeatCell:
    """A cell. ``lines`` go on behind ``level``, each line of text on a line of its own."""

    shade: str  # as the style sheet calls it
    level: str
    lines: str


def heat_maps_of(page):
    """A heat map for each module that has clusters to show, in the language that is active."""
    first = load_heat_map(page.asking())
    others = [
        load_heat_map(page.asking(module=module.code))
        for module in first.modules
        if module != first.module
    ]
    return [_with_words(each) for each in (first, *others) if each.rows]


def _with_words(heat_map):
    """``heat_map`` with a ``HeatCell`` for each of its cells, in the language that is active."""
    said = cache(_said)  # most cells of a table are alike
    return replace(
        heat_map,
        rows=[
            replace(row, cells=[said(cell) for cell in row.cells])
            for row in heat_map.rows
        ],
    )


def _said(cell):
    if cell.kind == "signs":
        return HeatCell("signs", "", _signs(cell))
    lines = [_change(cell.change)]
    if cell.kind == "own":
        numbers = {"count": cell.met, "total": cell.applicable}
        lines.append(_("%(count)s of %(total)s") % numbers)
        if cell.agreed_level is not None:
            agreed = _level(cell.agreed_level) + _change(cell.agreed_change)
            lines.append(f"{pgettext('level', 'Agreed:')} {agreed}")
    shade = "none" if cell.level is None else str(cell.level)
    return HeatCell(shade, _level(cell.level), "\n".join(lines))


def _signs(cell):
    if not cell.answered:
        return NONE
    return "\n".join(
        sentence % {"count": count}
        for sentence, count in (
            (_("Strong: %(count)s"), cell.strong),
            (_("Some: %(count)s"), cell.some),
            (_("None yet: %(count)s"), cell.none_yet),
        )
    )


def _level(level):
    if level is None:
        return NONE
    return "<1" if level == 0 else str(level)


def _change(change):
    """How many levels it went up or down since the cycle before, behind the level."""
    if change is None:
        return ""
    if change == 0:
        return " ="
    return f" {'+' if change > 0 else '−'}{abs(change)}"
