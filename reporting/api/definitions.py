"""What there is: scopes, clusters and cycles, and what is asked of clusters, in both languages."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from assessments.models import NeedTag
from assessments.models.reading import readable_clusters
from frameworks.errata import read_over
from frameworks.models import Criterion, Indicator
from organisations.models import HealthBoard, LocalAuthority, RegionalPartnershipBoard
from reporting.api import shapes
from reporting.api.asking import (
    OfCycle,
    OfOutcome,
    OfScope,
    Part,
    asked_for,
    known_parameters_only,
    part_of,
)
from reporting.api.errors import in_both
from reporting.scopes import AUTHORITY, BOARD, REGION, WALES

router = Router()
NAME_OF_WALES = gettext_lazy("Wales")


class ClusterFilters(OfScope, Part):
    pass


class CycleFilters(OfCycle, Part):
    pass


class OutcomeFilters(OfCycle, OfOutcome, Part):
    pass


@router.get(
    "/scopes",
    response=shapes.part_shape(shapes.ScopeShape),
    url_name="scopes",
    summary=gettext_lazy("Wales, its regions, health boards and local authorities"),
)
@known_parameters_only
def scopes(request, part: Query[Part]):
    names = in_both(NAME_OF_WALES)
    found = [
        {
            "code": WALES,
            "kind": WALES,
            "name_cy": names["cy"],
            "name_en": names["en"],
        }
    ]
    for kind, model in (
        (REGION, RegionalPartnershipBoard),
        (BOARD, HealthBoard),
        (AUTHORITY, LocalAuthority),
    ):
        found += [
            {
                "code": f"{kind}-{place.code}",
                "kind": kind,
                "name_cy": place.name_cy,
                "name_en": place.name_en,
            }
            for place in model.objects.order_by("code")
        ]
    return part_of(request, found, part, dict)


@router.get(
    "/clusters",
    response=shapes.part_shape(shapes.ListedClusterShape),
    url_name="clusters",
    summary=gettext_lazy("Clusters, and whether you may read their submissions"),
)
@known_parameters_only
def clusters(request, filters: Query[ClusterFilters]):
    asked = asked_for(request, scope=filters.scope)
    rows = (
        asked.scope.clusters()
        .select_related("health_board__regional_partnership_board", "local_authority")
        .annotate(
            is_readable=Exists(readable_clusters(asked.user).filter(pk=OuterRef("pk")))
        )
        .order_by("pk")
    )
    return part_of(request, rows, filters, _listed_cluster)


def _listed_cluster(cluster):
    return {
        "code": cluster.code,
        "name_cy": cluster.name_cy,
        "name_en": cluster.name_en,
        "health_board": cluster.health_board.code,
        "local_authority": cluster.local_authority.code,
        "region": cluster.health_board.regional_partnership_board.code,
        "opened_on": cluster.opened_on and cluster.opened_on.isoformat(),
        "closed_on": cluster.closed_on and cluster.closed_on.isoformat(),
        "is_readable": cluster.is_readable,
    }


@router.get(
    "/cycles",
    response=shapes.part_shape(shapes.CycleShape),
    url_name="cycles",
    summary=gettext_lazy("Assessment cycles that were opened, the newest first"),
)
@known_parameters_only
def cycles(request, part: Query[Part]):
    return part_of(request, asked_for(request).cycles, part, _cycle)


def _cycle(cycle):
    return {
        "code": cycle.code,
        "name_cy": cycle.name_cy,
        "name_en": cycle.name_en,
        "edition": cycle.edition.code,
        "opens_at": cycle.opens_at.isoformat(),
        "closes_at": cycle.closes_at.isoformat(),
        "is_closed": cycle.closed_at is not None,
    }


@router.get(
    "/outcomes",
    response=shapes.part_shape(shapes.OutcomeShape),
    url_name="outcomes",
    summary=gettext_lazy("Outcomes of the editions that the cycles are on"),
)
@known_parameters_only
def outcomes(request, filters: Query[OutcomeFilters]):
    asked = _asked(request, filters)
    rows = [
        {
            "edition": layout.edition.code,
            "module": outcome.module.code,
            "module_cy": outcome.module.title_cy,
            "module_en": outcome.module.title_en,
            "uses_levels": outcome.module.uses_levels,
            "outcome": outcome.number,
            "title_cy": outcome.title_cy,
            "title_en": outcome.title_en,
        }
        for layout in _editions(asked)
        for outcome in layout.outcomes
        if asked.is_about(outcome)
    ]
    return part_of(request, rows, filters, dict)


@router.get(
    "/criteria",
    response=shapes.part_shape(shapes.CriterionShape),
    url_name="criteria",
    summary=gettext_lazy("Criteria of the outcomes, as they are worded now"),
)
@known_parameters_only
def criteria(request, filters: Query[OutcomeFilters]):
    asked = _asked(request, filters)
    rows = []
    for layout in _editions(asked):
        by_key = {outcome.pk: outcome for outcome in layout.outcomes}
        found = Criterion.objects.filter(
            outcome__in=[key for key, each in by_key.items() if asked.is_about(each)]
        ).order_by("outcome__module__number", "outcome__number", "level", "number")
        rows += [
            {
                "edition": layout.edition.code,
                "module": by_key[criterion.outcome_id].module.code,
                "outcome": by_key[criterion.outcome_id].number,
                "criterion_level": criterion.level,
                "criterion": criterion.number,
                "text_cy": criterion.text_cy,
                "text_en": criterion.text_en,
            }
            for criterion in read_over(layout.edition, found)
        ]
    return part_of(request, rows, filters, dict)


@router.get(
    "/enabling-factors",
    response=shapes.part_shape(shapes.EnablingFactorShape),
    url_name="enabling_factors",
    summary=gettext_lazy("Enabling factors of the editions that the cycles are on"),
)
@known_parameters_only
def enabling_factors(request, filters: Query[CycleFilters]):
    asked = _asked(request, filters)
    rows = [
        {
            "edition": layout.edition.code,
            "number": factor.number,
            "title_cy": factor.title_cy,
            "title_en": factor.title_en,
        }
        for layout in _editions(asked)
        for factor in layout.factors
    ]
    return part_of(request, rows, filters, dict)


@router.get(
    "/indicators",
    response=shapes.part_shape(shapes.IndicatorShape),
    url_name="indicators",
    summary=gettext_lazy("Key indicators of the editions that the cycles are on"),
)
@known_parameters_only
def indicators(request, filters: Query[CycleFilters]):
    asked = _asked(request, filters)
    rows = (
        Indicator.objects.filter(
            edition__in={cycle.edition_id for cycle in asked.cycles}
        )
        .select_related("edition")
        .order_by("edition", "number", "pk")
    )
    return part_of(request, rows, filters, _indicator)


def _indicator(indicator):
    return {
        "edition": indicator.edition.code,
        "code": indicator.code,
        "name_cy": indicator.name_cy,
        "name_en": indicator.name_en,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "period": indicator.period,
        "source_cy": indicator.source_cy,
        "source_en": indicator.source_en,
    }


@router.get(
    "/tags",
    response=shapes.part_shape(shapes.TagShape),
    url_name="tags",
    summary=gettext_lazy("Barriers and support needs that clusters choose from"),
)
@known_parameters_only
def tags(request, part: Query[Part]):
    return part_of(request, NeedTag.objects.in_order(), part, _tag)


def _tag(tag):
    return {
        "code": tag.code,
        "kind": tag.kind,
        "name_cy": tag.name_cy,
        "name_en": tag.name_en,
        "is_offered": tag.is_offered,
    }


def _asked(request, filters):
    return asked_for(
        request, cycle=filters.cycle, outcome=getattr(filters, "outcome", "")
    )


def _editions(asked):
    """The layout of each edition once."""
    by_code = {layout.edition.code: layout for layout in asked.layouts.values()}
    return by_code.values()
