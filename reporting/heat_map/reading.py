"""The rows of a heat map, with their cells, from what the database holds of each cluster."""

from dataclasses import dataclass

from django.db.models import Case, F, Value, When
from django.urls import reverse
from django.utils.translation import get_language

from assessments.models import Standing, SubmittedOutcome
from assessments.models.reading import may_read_submissions
from assessments.standing import level_of_text
from organisations.models import Cluster
from reporting.heat_map.shapes import AgreedCell, OwnCell, Place, Row, SignsCell
from reporting.scopes import CLUSTER, Scope


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


def read_of(reflections):
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


def rows_of(page, arrangement, read):
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
