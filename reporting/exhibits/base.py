"""What every exhibit has, and the page that exhibits are loaded for."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import maturity
from frameworks.lineage import Lineage
from organisations.permissions import Permission, holds
from reporting.actions import load_action_counts, load_action_list
from reporting.commentary import Commentaries
from reporting.goals import linked_goals
from reporting.holdings import load_holdings
from reporting.needs import load_needs_of
from reporting.scopes import EVERYWHERE
from reporting.tables import Table
from reporting.tallies import (
    NOTHING,
    factors_of,
    layout_of,
    load_coverage,
    load_tallies,
    outcomes_of,
)
from reporting.variation.figures import load_variation

OWN, AGREED = "own", "agreed"  # which level is looked at
OF = "--"  # stands in no key
UNASKED = ("coverage", "commentaries", "outcomes", "action_counts")  # see Page.asking


@dataclass(frozen=True)
class Exhibit:
    """A numbered picture with its table: what a committee is shown, and what stands behind it.

    ``key`` names it in addresses and files. ``about`` says which one of its kind it is, where what
    officers write on it would be wrong below another: an indicator's code, or the agreed levels.
    ``chart`` is a drawing of
    ``reporting.charts``, or None; ``notes`` are whole sentences below it. ``dated`` is the day on
    which the figures stood so. ``empty`` is said in place of picture and table where there is
    nothing to show yet.
    """

    key: str
    title: str
    table: Table
    source: str
    chart: object = None
    notes: list[str] = field(default_factory=list)
    number: int = 0
    empty: str = ""
    dated: object = field(default_factory=timezone.localdate)
    about: str = ""

    @property
    def note_key(self):
        """What commentary on it is stored under; see ``kind_of_note``."""
        return f"{self.key}{OF}{self.about}" if self.about else self.key


@dataclass(frozen=True)
class Offer:
    """What an exhibit would be on a page, told without loading it: for lists of all of them."""

    key: str
    title: str
    columns: list


def kind_of_note(note_key):
    """The key of the exhibit that a note is on."""
    return note_key.partition(OF)[0]


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
    on_paper: bool = False  # where nothing can be chosen

    def asking(self, **query):
        """The page with another query in its address; what it has loaded goes along, where no query changes it."""
        asked = replace(self, query=query)
        asked.__dict__.update(
            {name: self.__dict__[name] for name in UNASKED if name in self.__dict__}
        )
        return asked

    @property
    def filters(self):
        """What of the address goes along to the other views of the dashboard."""
        return {
            "cycle": self.cycle.code,
            "level": self.level if self.level != OWN else None,
        }

    @cached_property
    def outcomes(self):
        """Of the edition, for whoever needs no more of its layout."""
        return outcomes_of(self.cycle.edition)

    @cached_property
    def layout(self):
        return layout_of(self.cycle.edition, self.outcomes)

    @cached_property
    def goals(self):
        """The well-being goals of the edition, with the outcomes linked to each."""
        return linked_goals(self.cycle.edition, self.outcomes)

    @cached_property
    def factors(self):
        """The enabling factors of the edition, for whoever needs no more of its layout."""
        return factors_of(self.cycle.edition)

    @cached_property
    def needs(self):
        """How many clusters chose each barrier and support need."""
        return load_needs_of(self)

    @property
    def outcome_asked_for(self):
        """The outcome that the address names, by its module's code and its number; or None."""
        code = self.query.get("outcome", "")
        return next(
            (
                each
                for each in self.outcomes
                if f"{each.module.code}-{each.number}" == code
            ),
            None,
        )

    @cached_property
    def action_counts(self):
        return load_action_counts(self)

    @cached_property
    def action_list(self):
        """The list of actions that the address asks for."""
        return load_action_list(self)

    @cached_property
    def lineage(self):
        """Which outcome carries on which, for cycles of several editions."""
        return Lineage()

    @cached_property
    def holdings(self):
        """What there is of it, for whoever only lists what could be shown."""
        return load_holdings(self)

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
        """That of its cycle; asked for alone where nobody needs those of the others."""
        if "tallies" in self.__dict__:
            return self.tallies.get(self.cycle.pk, NOTHING)
        return self._tally_alone

    @cached_property
    def _tally_alone(self):
        tallies = load_tallies(self.user, self.scope, [self.cycle])
        return tallies.get(self.cycle.pk, NOTHING)

    @cached_property
    def variation(self):
        """The indicator that the address asks for, by area and over time; None without any."""
        return load_variation(self)

    @cached_property
    def tally_of_wales(self):
        """The tally of all of Wales in this cycle, to compare with."""
        if self.scope == EVERYWHERE:
            return self.tally
        tallies = load_tallies(self.user, EVERYWHERE, [self.cycle])
        return tallies.get(self.cycle.pk, NOTHING)

    @property
    def shows_agreed(self):
        """Whether agreed levels are looked at, and not the clusters' own."""
        return self.level == AGREED

    @property
    def about_level(self):
        """What an exhibit of levels is about, beside what it is of the clusters' own."""
        return AGREED if self.shows_agreed else ""

    @cached_property
    def coverage(self):
        """How many clusters there are here; asked for alone where nobody needs the tallies."""
        if self.__dict__.keys() & {"tallies", "_tally_alone"}:
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


def nothing_submitted(page):
    """Why there is no picture of submissions; of all clusters here only to whoever reads all of them."""
    if not page.tally.readable:
        return _("You cannot read the submissions of the clusters here.")
    if page.reads_all:
        return _(
            "No cluster here has submitted in this cycle yet. The picture appears with the first submission."
        )
    return _(
        "None of the clusters here whose submissions you can read has submitted in this cycle yet. The picture appears with the first such submission."
    )
