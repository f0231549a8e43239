"""What a worksheet that was read would change, against the answers as they are now."""

from dataclasses import dataclass, field

from assessments.models import AnswerVersion
from assessments.sheet import NOT_ANSWERED
from assessments.worksheets.layout import tabs

EMPTY = ("", "", None)


@dataclass(frozen=True)
class Change:
    """One answer that the worksheet says otherwise; in conflict where others changed it since."""

    line: object
    now: object  # the Answer
    choice: str
    text: str
    dated_on: object
    is_conflict: bool


@dataclass
class Comparison:
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    same_count: int = 0


def compare(filled, sheet):
    """Compare what was read with ``sheet``, part by part: two queries.

    An empty cell changes nothing, and neither does one that says what it said when the worksheet was
    made, whatever was written since.
    """
    lines = {line.reference: line for tab in tabs(sheet) for line in tab.lines}
    base_contents = {
        (version.answer_id, version.version): version.content
        for version in AnswerVersion.objects.filter(
            answer__reflection=sheet.reflection, refusal=""
        )
    }
    comparison = Comparison()
    for row in filled:
        line = lines.get(row.reference)
        if line is None:  # the framework has changed under a draft edition
            continue
        now = sheet.answers.get(line.subject, NOT_ANSWERED)
        base = base_contents.get((now.pk, row.base_version), EMPTY)
        said = (row.choice, row.text, row.dated_on)
        content, is_changed, is_conflict = [], False, False
        for cell, before, current in zip(said, base, now.content, strict=True):
            if cell is None or cell in (before, current):
                content.append(current)
                continue
            content.append(cell)
            is_changed = True
            is_conflict = is_conflict or current != before
        if not is_changed:
            comparison.same_count += 1
            continue
        change = Change(line, now, *content, is_conflict)
        (comparison.conflicts if is_conflict else comparison.changes).append(change)
    return comparison
