"""Clusters by outcomes: where many clusters stand side by side, read from their standings."""

from dataclasses import dataclass

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import NullIf, Substr
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import SelfReflection, Standing, SubmittedOutcome
from assessments.models.reading import may_read_submissions
from assessments.standing import NO_LEVELS, NOT_ANSWERED, level_of_text
from organisations.models import Cluster
from reporting.scopes import AUTHORITY, CLUSTER, REGION, WALES, Scope

A_PAGE = 60
NAME, BOARD = "name", "board"
ONE_LIST = "one"
OF_SEVERAL_BOARDS = {WALES, REGION, AUTHORITY}


@dataclass(frozen=True)
class OwnCell:
    """A cluster's own level of an outcome, with the agreed one where there is one.

    A level is None where there is none; a change is the steps up since the cycle before, None
    where there is no level now or was none then.
    """

    level: int | None
    change: int | None
    agreed_level: int | None
    agreed_change: int | None
    met: int
    applicable: int

    kind = "own"


@dataclass(frozen=True)
class AgreedCell:
    """The level that was agreed for an outcome, alone."""

    level: int | None
    change: int | None

    kind = "agreed"


@dataclass(frozen=True)
class SignsCell:
    """A cluster's signs of one outcome without levels."""

    strong: int
    some: int
    none_yet: int
    total: int

    kind = "signs"

    @property
    def answered(self):
        return self.strong + self.some + self.none_yet


@dataclass(frozen=True)
class Place:
    """A cluster or a health board, by its name of today in the language of the page."""

    code: str
    name: str


@dataclass(frozen=True)
class Row:
    """One cluster. Without cells, ``is_readable`` says whether the reader would see any of its own."""

    cluster: Place
    health_board: Place
    name_then: str  # when it submitted, where that is not its name of today
    is_readable: bool
    url: str  # of its own page of the dashboard, for those who may open it
    submission_url: str  # of what it submitted, where that may be read
    cells: list[OwnCell | AgreedCell | SignsCell]


@dataclass(frozen=True)
class Arrangement:
    """Which table an address asks for, and in which order."""

    module: object
    outcomes: list  # pairs of an outcome's place in a standing, and the outcome
    sort: str  # NAME, BOARD or the number of an outcome
    is_descending: bool
    is_grouped: bool  # by health board

    @property
    def sorted_outcome(self):
        """The place and the outcome that the clusters stand in order of, or None."""
        for place, outcome in self.outcomes:
            if str(outcome.number) == self.sort:
                return place, outcome
        return None


@dataclass(frozen=True)
class HeatMap:
    """Clusters by the outcomes of one module: a page of them, or with no ``page`` all."""

    modules: list
    arrangement: Arrangement
    rows: list[Row]
    page: PageOfRows | None = None

    key = "heat_map"  # of its files and of what officers write on it

    @property
    def title(self):
        return _("Clusters and outcomes")

    @property
    def module(self):
        return self.arrangement.module

    @property
    def outcomes(self):
        return [outcome for _place, outcome in self.arrangement.outcomes]

    @property
    def anchors(self):
        """Where each outcome stands on the page of a submission."""
        return [f"#{self.module.code}-{outcome.number}" for outcome in self.outcomes]

    @property
    def groups(self):
        """Pairs of a health board and its rows, or all rows with None."""
        if not self.arrangement.is_grouped:
            return [(None, self.rows)] if self.rows else []
        groups = {}
        for row in self.rows:
            groups.setdefault(row.health_board, []).append(row)
        return list(groups.items())


def spans_boards(scope):
    return scope.kind in OF_SEVERAL_BOARDS


def load_heat_map(page):
    """The heat map that ``page`` asks for: four queries, however many clusters there are.

    One more where the wording of the edition was corrected, and one where the cycle before was of
    another edition.
    """
    modules = modules_of(page.outcomes)
    arrangement = arranged(page, modules)
    paginator = Paginator(in_order(standings(page), page, arrangement), A_PAGE)
    paginator.count = page.coverage.total  # which is known already
    shown = paginator.get_page(page.query.get("page"))
    return HeatMap(
        modules, arrangement, _rows(page, arrangement, _read(shown.object_list)), shown
    )


def load_heat_maps(page):
    """Heat maps of every module, whole, in the order of names: two queries, and two a module."""
    modules = modules_of(page.outcomes)
    is_grouped = spans_boards(page.scope)
    arrangements = [
        Arrangement(module, _places(page, module), NAME, False, is_grouped)
        for module in modules
    ]
    read = _read(in_order(standings(page), page, arrangements[0]))
    return [
        HeatMap(modules, arrangement, _rows(page, arrangement, read))
        for arrangement in arrangements
    ]


def modules_of(outcomes):
    """The modules of ``outcomes``, in their order."""
    return list({outcome.module_id: outcome.module for outcome in outcomes}.values())


def arranged(page, modules):
    """What the address says; what it does not know is as if it were not there."""
    wanted = page.query.get("module")
    module = next((each for each in modules if each.code == wanted), modules[0])
    places = _places(page, module)
    several = spans_boards(page.scope)
    sort = page.query.get("sort", NAME)
    is_descending, sort = sort.startswith("-"), sort.removeprefix("-")
    known = {str(outcome.number) for _place, outcome in places} | {NAME}
    if several:
        known.add(BOARD)
    if sort not in known:
        is_descending, sort = False, NAME
    is_grouped = several and page.query.get("list") != ONE_LIST and sort != BOARD
    return Arrangement(module, places, sort, is_descending, is_grouped)


def _places(page, module):
    return [
        (place, outcome)
        for place, outcome in enumerate(page.outcomes)
        if outcome.module_id == module.pk
    ]


def standings(page):
    """The self-reflections of the scope in the cycle with their standings.

    ``is_readable`` says whose own levels and signs ``page.user`` may read; see ``_read``.
    """
    return (
        SelfReflection.objects.filter(
            page.scope.of_clusters("cluster__"), cycle=page.cycle
        )
        .annotate(
            is_readable=Case(
                When(may_read_submissions(page.user), then=Value(True)),
                default=Value(False),
            )
        )
        .annotate(
            own_text=F("standing__own_levels"),
            submission=F("standing__submission"),
            submission_number=F("standing__submission__number"),
            agreed_text=F("standing__agreed_levels"),
        )
    )


def _of_readable(key):
    """What nobody is to guess from an order of clusters whose submissions they may not read."""
    return Case(When(is_readable=True, then=key))


def in_order(reflections, page, arrangement):
    """``reflections`` in the order asked for; those without a level, or without signs, last."""
    language = "cy" if get_language() == "cy" else "en"
    name = [f"cluster__sort_{language}", "cluster__pk"]
    board = [f"cluster__health_board__sort_{language}", "cluster__health_board"]
    keys = []
    if arrangement.sorted_outcome:
        place, outcome = arrangement.sorted_outcome
        keys = (
            [_level(page, place)]
            if outcome.module.uses_levels
            else [_signs(outcome, "strong_signs"), _signs(outcome, "some_signs")]
        )
    first = {NAME: name, BOARD: board}.get(arrangement.sort)
    if first and arrangement.is_descending:
        keys = [F(path).desc() for path in first]
    elif first:
        keys = first
    else:
        keys = [
            key.desc(nulls_last=True)
            if arrangement.is_descending
            else key.asc(nulls_last=True)
            for key in keys
        ]
    return reflections.order_by(
        *(board if arrangement.is_grouped else []), *keys, *name
    )


def _level(page, place):
    path = "agreed_text" if page.shows_agreed else "own_text"
    level = Substr(path, place + 1, 1)
    known = NullIf(NullIf(level, Value(NOT_ANSWERED)), Value(NO_LEVELS))
    return known if page.shows_agreed else _of_readable(known)


def _signs(outcome, kind):
    return _of_readable(
        Subquery(
            SubmittedOutcome.objects.filter(
                submission=OuterRef("submission"), outcome=outcome
            ).values(kind)[:1]
        )
    )


@dataclass(frozen=True)
class Read:
    """What the database says of one cluster; nothing that its reader may not read."""

    cluster_id: int
    cluster: Place
    health_board: Place
    name_then: str
    is_readable: bool
    submission: int | None
    submission_number: int | None
    own: str
    agreed: str


def _read(reflections):
    """``reflections`` as values: models of sixty clusters and their boards cost more than the query."""
    language = "cy" if get_language() == "cy" else "en"
    names = {
        "cluster_name": f"cluster__name_{language}",
        "board_name": f"cluster__health_board__name_{language}",
        "former_name": f"former_name_{language}",
    }
    rows = (
        reflections.with_name_then()
        .annotate(**{name: F(path) for name, path in names.items()})
        .values_list(
            "cluster",
            "cluster__code",
            "cluster__health_board__code",
            *names,
            "is_readable",
            *("submission", "submission_number", "own_text", "agreed_text"),
            named=True,
        )
    )
    return [
        Read(
            cluster_id=row.cluster,
            cluster=Place(row.cluster__code, row.cluster_name),
            health_board=Place(row.cluster__health_board__code, row.board_name),
            name_then=row.former_name
            if row.former_name not in (None, "", row.cluster_name)
            else "",
            is_readable=row.is_readable,
            submission=row.submission if row.is_readable else None,
            submission_number=row.submission_number,
            own=(row.own_text or "") if row.is_readable else "",
            agreed=row.agreed_text or "",
        )
        for row in rows
    ]


def _rows(page, arrangement, read):
    counted = _counts(page, arrangement, read)
    before = _before(page, arrangement, read) if arrangement.module.uses_levels else {}
    url_of, submission_url_of = _urls(page)
    return [
        Row(
            each.cluster,
            each.health_board,
            each.name_then,
            each.is_readable,
            url_of(each.cluster.code) if each.is_readable else "",
            submission_url_of(each.cluster.code, each.submission_number)
            if each.submission
            else "",
            _cells(
                page,
                arrangement,
                each,
                counted.get(each.submission),
                *before.get(each.cluster_id, ({}, {})),
            ),
        )
        for each in read
    ]


def _cells(page, arrangement, read, counts, own_before, agreed_before):
    own, agreed = read.own, read.agreed
    if not arrangement.module.uses_levels:
        return _signs_cells(counts, arrangement)
    if own and not page.shows_agreed:
        return [
            OwnCell(
                level_of_text(own[place]),
                _change(own[place], own_before.get(place)),
                level_of_text(agreed[place]),
                _change(agreed[place], agreed_before.get(place)),
                *counts[outcome.pk][:2],
            )
            for place, outcome in arrangement.outcomes
        ]
    places = [place for place, _outcome in arrangement.outcomes]
    if agreed and any(agreed[place].isdigit() for place in places):
        return [
            AgreedCell(
                level_of_text(agreed[place]),
                _change(agreed[place], agreed_before.get(place)),
            )
            for place in places
        ]
    return []


def _urls(page):
    """The address of a cluster's page, by its code, and of a submission, by code and number.

    Each is asked for once and filled in: asking for those of sixty clusters takes longer than
    drawing their cells.
    """
    code, number = "the-code", 987654321
    of_cluster = Scope(CLUSTER, Cluster(code=code)).url(**page.filters)
    of_submission = reverse(
        "assessments:submission_detail", args=[page.cycle.code, code, number]
    )
    before, _code, after = of_cluster.partition(code)
    start, _code, middle = of_submission.rpartition(code)
    middle, _number, end = middle.partition(str(number))
    return (
        lambda code: f"{before}{code}{after}",
        lambda code, number: f"{start}{code}{middle}{number}{end}",
    )


def _signs_cells(counts, arrangement):
    if counts is None:
        return []
    return [
        SignsCell(*counts[outcome.pk][2:]) for _place, outcome in arrangement.outcomes
    ]


def _change(now, before):
    if before is None or not (now.isdigit() and before.isdigit()):
        return None
    return int(now) - int(before)


def _counts(page, arrangement, read):
    """What was counted in the submissions, by submission and outcome: one query.

    Criteria met, applicable, strong signs, some signs, none yet, and criteria in all.
    """
    if arrangement.module.uses_levels and page.shows_agreed:
        return {}
    rows = SubmittedOutcome.objects.filter(
        submission__in=[each.submission for each in read if each.submission],
        outcome__in=[outcome for _place, outcome in arrangement.outcomes],
    ).values_list(
        "submission",
        "outcome",
        F("met_1") + F("met_2") + F("met_3"),
        F("applicable_1") + F("applicable_2") + F("applicable_3"),
        "strong_signs",
        "some_signs",
        "no_signs_yet",
        "total",
    )
    counted = {}
    for submission, outcome, *counts in rows:
        counted.setdefault(submission, {})[outcome] = counts
    return counted


def _before(page, arrangement, read):
    """Own and agreed levels of the cycle before, by cluster, then by the place of today's outcome."""
    if page.cycle_before is None:
        return {}
    places = places_before(page, arrangement.outcomes)
    found = (
        Standing.objects.filter(
            reflection__cycle=page.cycle_before,
            reflection__cluster__in=[each.cluster_id for each in read],
        )
        .annotate(
            own_text=Case(
                When(
                    may_read_submissions(page.user, "reflection__"),
                    then=F("own_levels"),
                ),
                default=Value(""),
            )
        )
        .values_list("reflection__cluster", "own_text", "agreed_levels")
    )
    return {
        cluster: (_picked(own, places), _picked(agreed, places))
        for cluster, own, agreed in found
    }


def _picked(text, places):
    return {now: text[then] for now, then in places.items()} if text else {}


def places_before(page, outcomes):
    """Where each outcome, at its place, stood in the cycle before: one query, or none."""
    before = page.cycle_before.edition_id
    if before == page.cycle.edition_id:
        return {place: place for place, _outcome in outcomes}
    lineage = page.lineage
    then = lineage.places(before)
    carried_on = {
        place: lineage.same(outcome.pk, before) for place, outcome in outcomes
    }
    return {
        place: then[outcome]
        for place, outcome in carried_on.items()
        if outcome is not None
    }
