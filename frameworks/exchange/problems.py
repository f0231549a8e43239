"""Why a file is refused: with the line, the place and the reason."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_PROBLEMS = 100  # named at once; whoever has more begins with these
LONGEST_STEP = 60  # characters of a key that is shown


@dataclass(frozen=True)
class Problem:
    """One reason why a file is refused."""

    line: int
    place: str
    reason: str

    def __str__(self):
        return _("Line %(line)s, %(place)s: %(reason)s") % {
            "line": self.line,
            "place": self.place or _("the file"),
            "reason": self.reason,
        }


class Refused(Exception):
    """The file cannot be loaded; nothing was changed. ``more`` problems are not named."""

    def __init__(self, problems, more=0):
        self.problems, self.more = problems, more
        lines = [str(problem) for problem in problems]
        if more:
            lines.append(_("Further problems: %(number)s") % {"number": more})
        super().__init__("\n".join(lines))


def place_of(path):
    """A path as people read it: modules[1] › outcomes[6] › criteria[4] › text."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        else:
            place += f" › {_shown(step)}" if place else _shown(step)
    return place


def _shown(step):
    shown = "".join(letter if letter.isprintable() else "�" for letter in step)
    return shown if len(shown) <= LONGEST_STEP else f"{shown[:LONGEST_STEP]}…"


def refuse(found, line_of):
    """Raise Refused for pairs of a path and a reason, if there are any."""
    if found:
        named = [
            Problem(line_of(path), place_of(path), str(reason))
            for path, reason in found[:MOST_PROBLEMS]
        ]
        raise Refused(named, more=len(found) - len(named))
