"""What the answers look like, for the OpenAPI document; words are those of the data dictionary."""

from django.utils.translation import gettext_lazy
from ninja import Schema

from reporting import facts
from reporting.api.asking import described

_SAID = {column.code: column.description for column in facts.COLUMNS}


def _said(code):
    return described(..., _SAID[code])


class ScopeShape(Schema):
    code: str
    kind: str
    name_cy: str
    name_en: str


class ClusterShape(Schema):
    code: str
    name_cy: str
    name_en: str
    health_board: str = _said("health_board")
    local_authority: str = _said("local_authority")


class ListedClusterShape(ClusterShape):
    region: str
    opened_on: str | None
    closed_on: str | None
    is_readable: bool = described(
        ...,
        gettext_lazy(
            "Whether you may read its submissions. Of the others you read agreed levels only."
        ),
    )


class CycleShape(Schema):
    code: str
    name_cy: str
    name_en: str
    edition: str = _said("edition")
    opens_at: str
    closes_at: str
    is_closed: bool


class OutcomeShape(Schema):
    edition: str = _said("edition")
    module: str = _said("module")
    module_cy: str
    module_en: str
    uses_levels: bool
    outcome: int = _said("outcome")
    title_cy: str
    title_en: str


class CriterionShape(Schema):
    edition: str = _said("edition")
    module: str = _said("module")
    outcome: int = _said("outcome")
    criterion_level: int | None = _said("criterion_level")
    criterion: int = _said("criterion")
    text_cy: str
    text_en: str


class EnablingFactorShape(Schema):
    edition: str = _said("edition")
    number: int
    title_cy: str
    title_en: str


class IndicatorShape(Schema):
    edition: str = _said("edition")
    code: str
    name_cy: str
    name_en: str
    unit: str = _said("unit")
    direction: str
    period: str
    source_cy: str
    source_en: str


class TagShape(Schema):
    code: str
    kind: str
    name_cy: str
    name_en: str
    is_offered: bool


class OfClusterShape(Schema):
    cycle: str = _said("cycle")
    edition: str = _said("edition")
    cluster: ClusterShape


class LevelShape(Schema):
    module: str = _said("module")
    outcome: int = _said("outcome")
    own_level: int | None
    suggested_level: int | None
    agreed_level: int | None


class StandingShape(OfClusterShape):
    is_readable: bool = described(
        ...,
        gettext_lazy("Where it is false, own and suggested levels are unknown to you."),
    )
    levels: list[LevelShape]


class SignShape(Schema):
    module: str = _said("module")
    outcome: int = _said("outcome")
    criterion: int = _said("criterion")
    answer: str | None


class SignsShape(OfClusterShape):
    signs: list[SignShape]


class FactorShape(Schema):
    number: int
    answer: str | None


class FactorsShape(OfClusterShape):
    factors: list[FactorShape]


class NeedShape(OfClusterShape):
    module: str | None = _said("module")
    outcome: int | None = _said("outcome")
    kind: str
    tag: str


class ActionsShape(OfClusterShape):
    module: str | None = _said("module")
    outcome: int | None = _said("outcome")
    status: str
    count: int


class IndicatorValueShape(Schema):
    cluster: ClusterShape
    indicator: str
    edition: str = _said("edition")
    period: str = _said("period")
    value: float = _said("value")
    unit: str = _said("unit")
    numerator: float = _said("numerator")
    denominator: float | None = _said("denominator")
    note: str
    source: str


class _PartShape(Schema):
    count: int = described(..., gettext_lazy("How many there are in all."))
    next: str | None = described(
        ..., gettext_lazy("The address of the next part; null at the end.")
    )


def part_shape(item):
    """A part of a list of ``item``."""
    name = item.__name__.replace("Shape", "Part")
    return type(
        name,
        (_PartShape,),
        {"__annotations__": {"results": list[item]}, "__module__": __name__},
    )
