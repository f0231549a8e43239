"""What clusters submitted, what was agreed and undertaken, and what was measured."""

import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from assessments.models import (
    Action,
    IndicatorValue,
    NeedTag,
    Standing,
    SubmittedNeed,
    SubmittedOutcome,
)
from assessments.models.indicators import in_unit
from assessments.models.standings import has_agreed_levels
from assessments.standing import FACTORS, SIGNS, level_of_text
from frameworks.models import Indicator
from reporting.api import errors, shapes
from reporting.api.asking import (
    MONTH,
    OfOutcome,
    OfScope,
    Part,
    Where,
    asked_for,
    described,
    known_parameters_only,
    part_of,
)

router = Router()
_SIGNS = {character: choice for choice, character in SIGNS.items()}
_FACTORS = {character: choice for choice, character in FACTORS.items()}


class Filters(Where, Part):
    pass


class OutcomeFilters(Where, OfOutcome, Part):
    pass


class NeedFilters(OutcomeFilters):
    kind: str = described("", gettext_lazy("barrier or support."))


class ValueFilters(OfScope, Part):
    indicator: str = described("", gettext_lazy("An indicator's code."))
    period_from: str = described(
        "", gettext_lazy("The first month, as year and month: 2026-04.")
    )
    period_to: str = described(
        "", gettext_lazy("The last month in which a period begins.")
    )


@router.get(
    "/standings",
    response=shapes.part_shape(shapes.StandingShape),
    url_name="standings",
    summary=gettext_lazy(
        "Levels of each outcome: the cluster's own, the suggested and the agreed"
    ),
)
@known_parameters_only
def standings(request, filters: Query[OutcomeFilters]):
    asked = _asked(request, filters)
    seen = Standing.objects.visible_to(asked.user).filter(pk=OuterRef("pk"))
    # Of others, one without agreed levels would tell that they have submitted.
    known = Standing.objects.annotate(is_seen=Exists(seen)).filter(
        Q(is_seen=True) | has_agreed_levels()
    )
    rows = _standings(asked, known)

    def as_read(row, suggested):
        levels = []
        for place, outcome in asked.layouts[row.reflection.cycle.code].with_levels:
            if asked.is_about(outcome):
                own = level_of_text(row.own_levels[place]) if row.is_seen else None
                levels.append(
                    {
                        "module": outcome.module.code,
                        "outcome": outcome.number,
                        "own_level": own,
                        "suggested_level": suggested.get(
                            (row.submission_id, outcome.pk)
                        ),
                        "agreed_level": level_of_text(row.agreed_levels[place]),
                    }
                )
        return _of_cluster(row.reflection) | {
            "is_readable": row.is_seen,
            "levels": levels,
        }

    return part_of(request, rows, filters, as_read, prepare=_suggested)


def _suggested(rows):
    """The suggested level by submission and outcome, of those whose submission may be read."""
    return {
        (submission, outcome): level
        for submission, outcome, level in SubmittedOutcome.objects.filter(
            submission__in=[row.submission_id for row in rows if row.is_seen]
        ).values_list("submission", "outcome", "suggested_level")
    }


@router.get(
    "/signs",
    response=shapes.part_shape(shapes.SignsShape),
    url_name="signs",
    summary=gettext_lazy("Signs seen, for criteria of modules without levels"),
)
@known_parameters_only
def signs(request, filters: Query[OutcomeFilters]):
    asked = _asked(request, filters)
    rows = _standings(asked, Standing.objects.visible_to(asked.user))

    def as_read(row):
        layout = asked.layouts[row.reflection.cycle.code]
        return _of_cluster(row.reflection) | {
            "signs": [
                {
                    "module": criterion.outcome.module.code,
                    "outcome": criterion.outcome.number,
                    "criterion": criterion.number,
                    "answer": _SIGNS.get(character),
                }
                for criterion, character in zip(
                    layout.sign_criteria, row.signs, strict=False
                )
                if asked.is_about(criterion.outcome)
            ]
        }

    return part_of(request, rows, filters, as_read)


@router.get(
    "/factors",
    response=shapes.part_shape(shapes.FactorsShape),
    url_name="factors",
    summary=gettext_lazy("Whether each enabling factor helps or hinders"),
)
@known_parameters_only
def factors(request, filters: Query[Filters]):
    asked = _asked(request, filters)
    rows = _standings(asked, Standing.objects.visible_to(asked.user))

    def as_read(row):
        layout = asked.layouts[row.reflection.cycle.code]
        return _of_cluster(row.reflection) | {
            "factors": [
                {"number": factor.number, "answer": _FACTORS.get(character)}
                for factor, character in zip(layout.factors, row.factors, strict=False)
            ]
        }

    return part_of(request, rows, filters, as_read)


@router.get(
    "/needs",
    response=shapes.part_shape(shapes.NeedShape),
    url_name="needs",
    summary=gettext_lazy("Barriers and support needs that clusters chose"),
)
@known_parameters_only
def needs(request, filters: Query[NeedFilters]):
    asked = _asked(request, filters)
    if filters.kind and filters.kind not in NeedTag.Kind.values:
        raise errors.WrongParameters(kind=errors.WRONG_VALUE)
    rows = (
        SubmittedNeed.objects.visible_to(asked.user)
        .of_latest()
        .filter(_within(asked, "submission__reflection__"))
        .filter(submission__reflection__cycle__in=asked.cycles)
        .select_related("tag", "outcome__module", *_places("submission__reflection__"))
        .order_by("pk")
    )
    if filters.kind:
        rows = rows.filter(tag__kind=filters.kind)
    if asked.about:
        module, number = asked.about
        rows = rows.filter(outcome__module__code=module, outcome__number=number)
    return part_of(request, rows, filters, _need)


def _need(need):
    outcome = need.outcome
    return _of_cluster(need.submission.reflection) | {
        "module": outcome.module.code if outcome else None,
        "outcome": outcome.number if outcome else None,
        "kind": need.tag.kind,
        "tag": need.tag.code,
    }


@router.get(
    "/actions",
    response=shapes.part_shape(shapes.ActionsShape),
    url_name="actions",
    summary=gettext_lazy("How many actions there are in each status"),
)
@known_parameters_only
def actions(request, filters: Query[OutcomeFilters]):
    asked = _asked(request, filters)
    place = "reflection__cluster__"
    names = (
        "reflection__cycle__code",
        "reflection__cycle__edition__code",
        *(f"{place}{name}" for name in ("code", "name_cy", "name_en")),
        f"{place}health_board__code",
        f"{place}local_authority__code",
        *("module", "number", "status"),
    )
    rows = (
        Action.objects.visible_to(asked.user)
        .annotate(
            module=Coalesce(
                "outcome__module__code", "criterion__outcome__module__code"
            ),
            number=Coalesce("outcome__number", "criterion__outcome__number"),
        )
        .filter(_within(asked, "reflection__"), reflection__cycle__in=asked.cycles)
    )
    if asked.about:
        rows = rows.filter(module=asked.about[0], number=asked.about[1])
    counted = rows.order_by(*names).values_list(*names).annotate(count=Count("pk"))
    return part_of(request, counted, filters, _counted_actions)


def _counted_actions(row):
    cycle, edition, code, name_cy, name_en, board, authority = row[:7]
    module, number, status, count = row[7:]
    return {
        "cycle": cycle,
        "edition": edition,
        "cluster": {
            "code": code,
            "name_cy": name_cy,
            "name_en": name_en,
            "health_board": board,
            "local_authority": authority,
        },
        "module": module,
        "outcome": number,
        "status": status,
        "count": count,
    }


@router.get(
    "/indicator-values",
    response=shapes.part_shape(shapes.IndicatorValueShape),
    url_name="indicator_values",
    summary=gettext_lazy("Figures of key indicators, by cluster and period"),
)
@known_parameters_only
def indicator_values(request, filters: Query[ValueFilters]):
    asked = asked_for(request, scope=filters.scope)
    rows = (
        IndicatorValue.objects.visible_to(asked.user)
        .filter(asked.scope.of_clusters("cluster__"))
        .select_related(
            "indicator__edition", "cluster__health_board", "cluster__local_authority"
        )
        .order_by("pk")
    )
    if filters.indicator:
        if not Indicator.objects.filter(code=filters.indicator).exists():
            raise errors.WrongParameters(indicator=errors.UNKNOWN_INDICATOR)
        rows = rows.filter(indicator__code=filters.indicator)
    if filters.period_from:
        rows = rows.filter(period_start__gte=_month("period_from", filters))
    if filters.period_to:
        rows = rows.filter(period_start__lte=_month("period_to", filters))
    return part_of(request, rows, filters, _value)


def _month(name, filters):
    text = getattr(filters, name)
    found = MONTH.fullmatch(text)
    if not found:
        raise errors.WrongParameters(**{name: errors.WRONG_MONTH})
    return datetime.date(int(found["year"]), int(found["month"]), 1)


def _value(value):
    indicator = value.indicator
    return {
        "cluster": _cluster(value.cluster),
        "indicator": indicator.code,
        "edition": indicator.edition.code,
        "period": f"{value.period_start:%Y-%m}",
        "value": in_unit(indicator, value.numerator, value.denominator),
        "unit": indicator.unit,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "note": value.note,
        "source": value.source,
    }


def _asked(request, filters):
    return asked_for(
        request,
        scope=filters.scope,
        cycle=filters.cycle,
        outcome=getattr(filters, "outcome", ""),
    )


def _places(prefix):
    return (
        f"{prefix}cycle__edition",
        f"{prefix}cluster__health_board",
        f"{prefix}cluster__local_authority",
    )


def _within(asked, prefix):
    return asked.scope.of_clusters(f"{prefix}cluster__")


def _standings(asked, rows):
    return (
        rows.filter(_within(asked, "reflection__"), reflection__cycle__in=asked.cycles)
        .select_related(*_places("reflection__"))
        .order_by("pk")
    )


def _of_cluster(reflection):
    return {
        "cycle": reflection.cycle.code,
        "edition": reflection.cycle.edition.code,
        "cluster": _cluster(reflection.cluster),
    }


def _cluster(cluster):
    return {
        "code": cluster.code,
        "name_cy": cluster.name_cy,
        "name_en": cluster.name_en,
        "health_board": cluster.health_board.code,
        "local_authority": cluster.local_authority.code,
    }
