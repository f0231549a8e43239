"""What a page of the dashboard is about: Wales, a region, a health board, an authority, a cluster."""

from dataclasses import dataclass

from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import get_language
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

    @property
    def above(self):
        """The scopes around it, from Wales inwards."""
        if self.place is None:
            return []
        if self.is_cluster:
            return [EVERYWHERE, Scope(BOARD, self.place.health_board)]
        return [EVERYWHERE]

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
class Choice:
    """A scope to go to: its code, and its name in the language of the page."""

    code: str
    name: str


@dataclass(frozen=True)
class Choices:
    """The scopes that somebody can go to, each kind in the alphabet of the page."""

    regions: list[Choice]
    boards: list[Choice]
    authorities: list[Choice]
    clusters: list[Choice]


def scopes_for(user, scope):
    """The scopes that ``user`` can go to from ``scope``: one query.

    Every region, board and authority; of the clusters those that are near, because there can be
    thousands: of the scope's board or authority, or else the reader's own.
    """
    places = {
        REGION: RegionalPartnershipBoard.objects.filter(
            pk__in=HealthBoard.objects.values("regional_partnership_board")
        ),
        BOARD: HealthBoard.objects.all(),
        AUTHORITY: LocalAuthority.objects.all(),
        CLUSTER: readable_clusters(user).filter(_near(user, scope)),
    }
    first, *others = (_named(kind, rows) for kind, rows in places.items())
    found = {kind: [] for kind in places}
    for kind, code, name, *_order in first.union(*others, all=True).order_by(
        "sorted_as", "pk"
    ):
        found[kind].append(Choice(f"{kind}-{code}", name))
    return Choices(
        regions=found[REGION],
        boards=found[BOARD],
        authorities=found[AUTHORITY],
        clusters=found[CLUSTER],
    )


def _named(kind, places):
    """What a choice needs of ``places``: models with all that they hold take longer to make."""
    language = "cy" if get_language() == "cy" else "en"
    return (
        places.order_by()
        .annotate(
            scope_kind=Value(kind),
            shown=F(f"name_{language}"),
            sorted_as=F(f"sort_{language}"),
        )
        .values_list("scope_kind", "code", "shown", "sorted_as", "pk")
    )


def _near(user, scope):
    if scope.kind == CLUSTER:
        return Q(health_board=scope.place.health_board_id)
    if scope.kind in {BOARD, AUTHORITY}:
        return scope.of_clusters()
    return Q(pk__in=[m.cluster_id for m in user.current_memberships if m.cluster_id])
