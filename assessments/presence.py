"""Who else is here, in the words of the page: names stand outside sentences."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.selectors import room as selectors_room

PLACE = re.compile(r"[A-Za-z0-9_-]{1,40}")
OF_AN_OUTCOME = re.compile(r"([A-Za-z0-9_-]+)-(\d+)")


@dataclass(frozen=True)
class Line:
    """One person as the page shows them; ``places`` are codes, ``where`` is for reading."""

    name: str
    profession: str
    places: tuple[str, ...]
    where: str

    def as_json(self):
        return {
            "name": self.name,
            "profession": self.profession,
            "places": list(self.places),
            "where": self.where,
        }


def lines(reflection, user):
    """Everybody else who is here now: one query, and one more where somebody is."""
    here = selectors_room.here_now(reflection, user)
    if not here:
        return []
    abbreviations = selectors_room.module_abbreviations(reflection.cycle.edition)
    return [
        Line(
            person.name,
            person.profession,
            person.places,
            ", ".join(place_in_words(place, abbreviations) for place in person.places),
        )
        for person in here
    ]


def place_in_words(place, abbreviations):
    """Which page of the form a place is, as people call it."""
    found = OF_AN_OUTCOME.fullmatch(place)
    if found and found[1] in abbreviations:
        outcome = _("Outcome %(number)s") % {"number": found[2]}
        return f"{abbreviations[found[1]]}: {outcome}"
    return {
        "context": _("The cluster and this reflection"),
        "enablers": _("What helps and hinders"),
        "support": _("Support needed, and anything else"),
        "contents": pgettext("a page", "Contents"),
        "views": _("My own views"),
        "session": _("Facilitated session"),
    }.get(place, "")
