"""What every exhibit has, and the page that exhibits are loaded for."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils import timezone

from assessments import maturity
from organisations.permissions import Permission, holds
from reporting.commentary import Commentaries
from reporting.tables import Table
from reporting.tallies import NOTHING, layout_of, load_coverage, load_tallies

OWN, AGREED = "own", "agreed"  # which level is looked at


@dataclass(frozen=True)
class Exhibit:
    """A numbered picture with its table: what a committee is shown, and what stands behind it.

    ``key`` names it in addresses, files and commentary. ``chart`` is a drawing of
    ``reporting.charts``, or None; ``notes`` are whole sentences below it. ``dated`` is the day on
    which the figures stood so.
    """

    key: str
    title: str
    table: Table
    source: str
    chart: object = None
    notes: list[str] = field(default_factory=list)
    number: int = 0
    dated: object = field(default_factory=timezone.localdate)


@dataclass(frozen=True)
class Page:
    """Who looks at which scope in which cycle, and what several exhibits read of it.

    ``cycles`` are all that were ever opened, the newest first. What is cached here is asked for
    once however many exhibits need it.
    """

    user: object
    scope: object
    cycle: object
    cycles: list
    level: str = OWN
    query: dict = field(default_factory=dict)  # the other filters of the address
    in_file: bool = False  # whether long lists are whole, as in a file to take away

    @property
    def filters(self):
        """What of the address goes along to the other views of the dashboard."""
        return {
            "cycle": self.cycle.code,
            "level": self.level if self.level != OWN else None,
        }

    @cached_property
    def layout(self):
        return layout_of(self.cycle.edition)

    @cached_property
    def commentaries(self):
        """What officers wrote on its exhibits: see ``Commentaries.on``."""
        return Commentaries(self.user, self.scope, self.cycle)

    @cached_property
    def takes_commentary(self):
        """Whether its reader may write on its exhibits."""
        return holds(self.user, Permission.WRITE_COMMENTARY, self.scope)

    @cached_property
    def tallies(self):
        """The tally of the scope in every cycle, by cycle."""
        return load_tallies(self.user, self.scope, self.cycles)

    @property
    def tally(self):
        return self.tallies.get(self.cycle.pk, NOTHING)

    @property
    def shows_agreed(self):
        """Whether agreed levels are looked at, and not the clusters' own."""
        return self.level == AGREED

    @cached_property
    def coverage(self):
        """How many clusters there are here; asked for alone where nobody needs the tallies."""
        if "tallies" in self.__dict__:
            return self.tally
        return load_coverage(self.user, self.scope, self.cycle)

    @property
    def cycle_before(self):
        """The cycle that was opened before this one, or None."""
        place = self.cycles.index(self.cycle)
        return self.cycles[place + 1] if place + 1 < len(self.cycles) else None

    @property
    def reads_all(self):
        """Whether the reader may read the submission of every cluster here."""
        if self.scope.is_cluster:  # which nobody else opens
            return True
        return self.coverage.readable == self.coverage.total

    def levels(self, place):
        """How often each level was chosen, or agreed, for the outcome at ``place``."""
        if self.level == AGREED:
            return self.tally.agreed_levels(place)
        return self.tally.own_levels(place)

    @property
    def counted(self):
        """How many clusters stand behind ``levels``."""
        return self.tally.agreed if self.level == AGREED else self.tally.submitted


LEVELS = (maturity.BELOW_LEVEL_1, *maturity.LEVELS)


def numbered(exhibits, first=1):
    """The exhibits that there are, with their numbers on the page."""
    return [
        replace(exhibit, number=number)
        for number, exhibit in enumerate(filter(None, exhibits), start=first)
    ]
