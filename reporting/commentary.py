"""The commentary that a page shows: what officers wrote, in the reader's language where there is one."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from reporting.models import Commentary

WHOLE_PAGE = ""  # the exhibit of a note that is on no one exhibit


@dataclass(frozen=True)
class Note:
    """What was written on one exhibit, in one language. ``organisation`` is "" for the national one."""

    text: str
    language: str
    dated: object
    organisation: str

    @property
    def is_foreign(self):
        """Whether it exists only in the language that the page is not in."""
        return self.language != get_language()


class Commentaries:
    """What is shown of one scope in one cycle: one query, however many exhibits a page has."""

    def __init__(self, user, scope, cycle):
        self._rows = {}
        shown = Commentary.objects.visible_to(user).shown()
        for row in shown.filter(scope=scope.code, cycle=cycle).select_related(
            "health_board"
        ):
            self._rows.setdefault(row.exhibit, {})[row.written_for] = row

    def on(self, exhibit=WHOLE_PAGE):
        """The note on an exhibit, in the language that is active; else in the other; or None."""
        by_language = self._rows.get(exhibit)
        if not by_language:
            return None
        row = by_language.get(get_language()) or next(iter(by_language.values()))
        return Note(
            text=row.text,
            language=row.written_for,
            dated=timezone.localdate(row.shared_at),
            organisation=row.health_board.name if row.health_board else "",
        )
