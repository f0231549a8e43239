"""Which clusters an address asks for, by which outcomes, and in which order."""

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import NullIf, Substr
from django.utils.translation import get_language

from assessments.models import SelfReflection, SubmittedOutcome
from assessments.models.reading import may_read_submissions
from assessments.standing import NO_LEVELS, NOT_ANSWERED
from reporting.heat_map.shapes import BOARD, NAME, ONE_LIST, Arrangement
from reporting.scopes import AUTHORITY, REGION, WALES

OF_SEVERAL_BOARDS = {WALES, REGION, AUTHORITY}


def spans_boards(scope):
    return scope.kind in OF_SEVERAL_BOARDS


def modules_of(outcomes):
    """The modules of ``outcomes``, in their order."""
    return list({outcome.module_id: outcome.module for outcome in outcomes}.values())


def arranged(page, modules):
    """What the address says; what it does not know is as if it were not there."""
    wanted = page.query.get("module")
    module = next((each for each in modules if each.code == wanted), modules[0])
    places = places_in(page, module)
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


def places_in(page, module):
    return [
        (place, outcome)
        for place, outcome in enumerate(page.outcomes)
        if outcome.module_id == module.pk
    ]


def standings(page):
    """The self-reflections of the scope in the cycle with their standings.

    ``is_readable`` says whose own levels and signs ``page.user`` may read; see ``read_of``.
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
