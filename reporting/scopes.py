"""What a page of the dashboard is about: Wales, a region, a health board, an authority, a cluster."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models.reading import readable_clusters
from organisations.models import (
    Cluster,
    HealthBoard,
    LocalAuthority,
    RegionalPartnershipBoard,
)

WALES, REGION, BOARD, AUTHORITY, CLUSTER = (
    "wales",
    "region",
    "board",
    "authority",
    "cluster",
)
_PLACES = {
    REGION: (
        RegionalPartnershipBoard,
        "health_board__regional_partnership_board",
        "code",
    ),
    BOARD: (HealthBoard, "health_board", "code"),
    AUTHORITY: (LocalAuthority, "local_authority", "code"),
    CLUSTER: (Cluster, "pk", "code"),
}


@dataclass(frozen=True)
class Scope:
    """Some of the clusters of Wales, by what they belong to. ``place`` is None for Wales."""

    kind: str
    place: object = None

    @property
    def code(self):
        """As its address names it: wales, board-7a3."""
        return f"{self.kind}-{self.place.code}" if self.place else self.kind

    @property
    def name(self):
        return self.place.name if self.place else _("Wales")

    def __str__(self):
        return self.name

    @property
    def is_cluster(self):
        return self.kind == CLUSTER

    def of_clusters(self, prefix=""):
        """The condition that a cluster, which ``prefix`` leads to, is within it."""
        if self.place is None:
            return Q()
        _model, path, _field = _PLACES[self.kind]
        return Q(**{f"{prefix}{path}": self.place.pk})

    def clusters(self):
        return Cluster.objects.filter(self.of_clusters())

    def url(self, view="overview", **query):
        """The address of one of its views; what is None is left out of the query."""
        query = {name: value for name, value in query.items() if value is not None}
        return reverse(
            f"dashboard:{view}", kwargs={"scope": self.code}, query=query or None
        )


EVERYWHERE = Scope(WALES)


def scope_of_code(code):
    """The scope that an address names; None where there is no such: at most one query."""
    if code == WALES:
        return EVERYWHERE
    kind, _separator, place_code = code.partition("-")
    if kind not in _PLACES:
        return None
    model, _path, field = _PLACES[kind]
    found = model.objects.filter(**{f"{field}__iexact": place_code})
    if kind == CLUSTER:
        found = found.select_related("health_board", "local_authority")
    place = found.first()
    return Scope(kind, place) if place else None


def own_scope(user):
    """Where ``user`` begins: Wales, their board, or their cluster; None where there is none."""
    if user.has_role("national_officer"):
        return EVERYWHERE
    for membership in user.current_memberships:
        if membership.health_board:
            return Scope(BOARD, membership.health_board)
    for membership in user.current_memberships:
        if membership.cluster:
            return Scope(CLUSTER, membership.cluster)
    return None


@dataclass(frozen=True)
class Choices:
    """The scopes that somebody can go to, each kind in the alphabet of the page."""

    regions: list[Scope]
    boards: list[Scope]
    authorities: list[Scope]
    clusters: list[Scope]


def scopes_for(user):
    """Every scope that ``user`` may open: four queries."""

    def of(kind, queryset):
        return [Scope(kind, place) for place in queryset.in_name_order()]

    return Choices(
        regions=of(REGION, RegionalPartnershipBoard.objects),
        boards=of(BOARD, HealthBoard.objects),
        authorities=of(AUTHORITY, LocalAuthority.objects),
        clusters=of(CLUSTER, readable_clusters(user)),
    )
