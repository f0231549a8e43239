"""Every fact that somebody may see, a row each: for programs that count for themselves.

Rows are read from the database in pieces and handed on one by one, so that the file of all of Wales
takes no more memory than that of a cluster. What is not known has no row.
"""

import json

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.models import (
    Action,
    IndicatorValue,
    Standing,
    Submission,
    SubmittedNeed,
    SubmittedOutcome,
)
from assessments.models.indicators import in_unit
from assessments.standing import FACTORS, SIGNS, level_of_text, said_in
from frameworks.models import Edition
from reporting.tables import Column, Kind
from reporting.tallies import layout_of

COLUMNS = [
    Column(
        "cycle",
        gettext_lazy("Cycle"),
        gettext_lazy(
            "The assessment cycle's code. Empty for figures of indicators, which have a period."
        ),
    ),
    Column(
        "edition",
        gettext_lazy("Edition"),
        gettext_lazy("The code of the framework's edition."),
    ),
    Column(
        "health_board",
        gettext_lazy("Health board"),
        gettext_lazy(
            "The health board's code, as the organisation data service has it."
        ),
    ),
    Column(
        "local_authority",
        gettext_lazy("Local authority"),
        gettext_lazy("The local authority's GSS code."),
    ),
    Column("cluster", gettext_lazy("Cluster"), gettext_lazy("The cluster's code.")),
    Column(
        "cluster_cy",
        gettext_lazy("Cluster in Welsh"),
        gettext_lazy("The cluster's name in Welsh."),
    ),
    Column(
        "cluster_en",
        gettext_lazy("Cluster in English"),
        gettext_lazy("The cluster's name in English."),
    ),
    Column("module", gettext_lazy("Module"), gettext_lazy("The module's code.")),
    Column(
        "outcome",
        gettext_lazy("Outcome"),
        gettext_lazy("The outcome's number in its module."),
        Kind.COUNT,
    ),
    Column(
        "criterion_level",
        gettext_lazy("Level of the criterion"),
        gettext_lazy("The maturity level that a criterion belongs to."),
        Kind.LEVEL,
    ),
    Column(
        "criterion",
        gettext_lazy("Criterion"),
        gettext_lazy("The criterion's number, in its level where it has one."),
        Kind.COUNT,
    ),
    Column(
        "kind",
        pgettext_lazy("of a fact", "Kind of fact"),
        gettext_lazy(
            "own_level; suggested_level; agreed_level; criterion_answer: the answer to a criterion;"
            " sign: of a module without levels; factor: an enabling factor; barrier; support;"
            " actions; indicator."
        ),
    ),
    Column(
        "subject",
        pgettext_lazy("of a fact", "What it is about"),
        gettext_lazy(
            "The number of an enabling factor, the code of a barrier, a support need or an"
            " indicator, or the status of actions."
        ),
    ),
    Column(
        "period",
        gettext_lazy("Period"),
        gettext_lazy("The first month of an indicator's period: year and month."),
    ),
    Column(
        "value",
        gettext_lazy("Value"),
        gettext_lazy(
            "A level from 0 to 3, where 0 is below level 1; the code of an answer; 1 for a barrier"
            " or a support need that was chosen; a count; or the indicator in its unit."
        ),
    ),
    Column(
        "unit",
        gettext_lazy("Unit"),
        gettext_lazy(
            "level, answer, count, percentage, or per_1000: per 1,000 people."
        ),
    ),
    Column(
        "numerator",
        gettext_lazy("Numerator"),
        gettext_lazy("What was counted for an indicator."),
        Kind.NUMBER,
    ),
    Column(
        "denominator",
        gettext_lazy("Denominator"),
        gettext_lazy("What it is a part of, where it is a part."),
        Kind.NUMBER,
    ),
]
LEVEL, ANSWER, COUNT = "level", "answer", "count"
AT_ONCE = 200  # rows that are taken from the database together
CONTENTS_AT_ONCE = 5  # the same of whole submissions, each of which is long
KIND = [column.code for column in COLUMNS].index("kind")
PLACE_CODES = [column.code for column in COLUMNS[2:7]]
_PLACE = ("health_board__code", "local_authority__code", "code", "name_cy", "name_en")
_SIGNS = {character: choice for choice, character in SIGNS.items()}
_FACTORS = {character: choice for choice, character in FACTORS.items()}


def of(user, scope, cycles, kind=""):
    """The facts of ``scope`` that ``user`` may see: rows in the order of ``COLUMNS``.

    Of clusters that they may not read, agreed levels alone; with ``kind``, those of one kind. It
    asks the same few questions however many clusters there are.
    """
    layouts = _layouts(cycles)
    for kinds, read in SOURCES.items():
        if kind in ("", *kinds):
            for row in read(user, scope, layouts):
                if kind in ("", row[KIND]):
                    yield row


def said_of(user, scope, cycles):
    """Every answer of the latest submissions of ``scope`` that ``user`` may read, with its words.

    Dictionaries of plain values, one query for all.
    """
    editions = {cycle.code: cycle.edition.code for cycle in cycles}
    rows = _contents(user, scope, list(editions), "reflection__cycle__code", "number")
    for *place, cycle, number, content in rows:
        start = {
            "cycle": cycle,
            "edition": editions[cycle],
            **dict(zip(PLACE_CODES, place, strict=True)),
            "submission": number,
        }
        for said in said_in(json.loads(content)):
            yield (
                start
                | _about(said.place)
                | {
                    "question": said.question,
                    "choice": said.choice,
                    "text": said.text,
                    "language": said.language,
                }
            )


def _about(place):
    """The place of something that was said, by names; what it has none of is None."""
    about = dict.fromkeys(
        ("module", "outcome", "criterion_level", "criterion", "enabling_factor")
    )
    if len(place) == 1:
        return about | {"enabling_factor": place[0]}
    return about | dict(zip(about, place, strict=False))


def _contents(user, scope, cycles, *more):
    """Of each latest submission that ``user`` may read, its place, ``more``, and its content."""
    return (
        latest_submissions(user)
        .filter(
            scope.of_clusters("reflection__cluster__"),
            reflection__cycle__code__in=cycles,
        )
        .order_by("pk")
        .values_list(*_places("reflection__"), *more, "content")
        .iterator(chunk_size=CONTENTS_AT_ONCE)
    )


def _layouts(cycles):
    """What standings of each cycle are about, by the cycle's code."""
    by_edition = {}
    for cycle in cycles:
        if cycle.edition_id not in by_edition:
            by_edition[cycle.edition_id] = layout_of(cycle.edition)
    return {cycle.code: by_edition[cycle.edition_id] for cycle in cycles}


def _row(cycle, edition, place, about=(), **said):
    """A row: ``about`` is a module's code, an outcome's number, and a criterion's level and number."""
    module, outcome, level, criterion = [*about, *[None] * (4 - len(about))]
    return [
        cycle,
        edition,
        *place,
        module,
        outcome,
        level,
        criterion,
        *(
            said.get(name)
            for name in (
                *("kind", "subject", "period", "value", "unit"),
                *("numerator", "denominator"),
            )
        ),
    ]


def _places(prefix):
    return [f"{prefix}cluster__{name}" for name in _PLACE]


def _standings(user, scope, layouts):
    seen = Standing.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = (
        Standing.objects.filter(
            scope.of_clusters("reflection__cluster__"),
            reflection__cycle__code__in=list(layouts),
        )
        .annotate(is_seen=Exists(seen))
        .order_by("pk")
        .values_list(
            "reflection__cycle__code",
            *_places("reflection__"),
            *("is_seen", "own_levels", "agreed_levels", "signs", "factors"),
        )
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        cycle, place = row[0], row[1:6]
        is_seen, own, agreed, signs, factors = row[6:]
        layout = layouts[cycle]
        start = (cycle, layout.edition.code, place)
        for at, outcome in layout.with_levels:
            about = (outcome.module.code, outcome.number)
            for kind, levels in (("own_level", own), ("agreed_level", agreed)):
                level = level_of_text(levels[at])
                if level is not None and (is_seen or kind == "agreed_level"):
                    yield _row(*start, about, kind=kind, value=level, unit=LEVEL)
        if not is_seen:
            continue
        for criterion, character in zip(layout.sign_criteria, signs, strict=False):
            if character in _SIGNS:
                outcome = criterion.outcome
                about = (outcome.module.code, outcome.number, None, criterion.number)
                value = _SIGNS[character]
                yield _row(*start, about, kind="sign", value=value, unit=ANSWER)
        for factor, character in zip(layout.factors, factors, strict=False):
            if character in _FACTORS:
                yield _row(
                    *start,
                    kind="factor",
                    subject=str(factor.number),
                    value=_FACTORS[character],
                    unit=ANSWER,
                )


def _suggestions(user, scope, layouts):
    visible = latest_submissions(user)
    rows = (
        SubmittedOutcome.objects.filter(
            scope.of_clusters("submission__reflection__cluster__"),
            submission__in=visible.order_by().values("pk"),
            submission__reflection__cycle__code__in=list(layouts),
            suggested_level__isnull=False,
        )
        .order_by("pk")
        .values_list(
            "submission__reflection__cycle__code",
            *_places("submission__reflection__"),
            *("outcome__module__code", "outcome__number", "suggested_level"),
        )
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        cycle, about, level = row[0], row[6:8], row[8]
        start = (cycle, layouts[cycle].edition.code, row[1:6])
        yield _row(*start, about, kind="suggested_level", value=level, unit=LEVEL)


def latest_submissions(user):
    """The latest submission of each self-reflection that ``user`` may read."""
    return Submission.objects.visible_to(user).filter(standing__isnull=False)


def _answers(user, scope, layouts):
    rows = _contents(user, scope, list(layouts), "reflection__cycle__code")
    for *place, cycle, content in rows:
        start = (cycle, layouts[cycle].edition.code, place)
        for said in said_in(json.loads(content)):
            # Of a criterion with a level; signs are told above.
            if len(said.place) == 4 and said.place[2] and said.choice:
                yield _row(
                    *start,
                    said.place,
                    kind="criterion_answer",
                    value=said.choice,
                    unit=ANSWER,
                )


def _needs(user, scope, layouts):
    rows = (
        SubmittedNeed.objects.visible_to(user)
        .of_latest()
        .filter(
            scope.of_clusters("submission__reflection__cluster__"),
            submission__reflection__cycle__code__in=list(layouts),
        )
        .order_by("pk")
        .values_list(
            "submission__reflection__cycle__code",
            *_places("submission__reflection__"),
            *("outcome__module__code", "outcome__number", "tag__kind", "tag__code"),
        )
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        cycle, about, kind, tag = row[0], row[6:8], row[8], row[9]
        start = (cycle, layouts[cycle].edition.code, row[1:6])
        yield _row(*start, about, kind=kind, subject=tag, value=1, unit=COUNT)


def _actions(user, scope, layouts):
    names = (
        "reflection__cycle__code",
        *_places("reflection__"),
        *("module", "number", "status"),
    )
    rows = (
        Action.objects.visible_to(user)
        .annotate(
            module=Coalesce(
                "outcome__module__code", "criterion__outcome__module__code"
            ),
            number=Coalesce("outcome__number", "criterion__outcome__number"),
        )
        .filter(
            scope.of_clusters("reflection__cluster__"),
            reflection__cycle__code__in=list(layouts),
        )
        .order_by(*names)
        .values_list(*names)
        .annotate(count=Count("pk"))
    )
    for row in rows.iterator(chunk_size=AT_ONCE):
        cycle, about, status, count = row[0], row[6:8], row[8], row[9]
        start = (cycle, layouts[cycle].edition.code, row[1:6])
        yield _row(
            *start, about, kind="actions", subject=status, value=count, unit=COUNT
        )


def _indicators(user, scope, layouts):
    values = (
        IndicatorValue.objects.visible_to(user)
        .filter(scope.of_clusters("cluster__"))
        .select_related(
            "indicator", "cluster__health_board", "cluster__local_authority"
        )
        .order_by("pk")
    )
    editions = dict(Edition.objects.values_list("pk", "code"))
    for value in values.iterator(chunk_size=AT_ONCE):
        cluster, indicator = value.cluster, value.indicator
        yield _row(
            None,
            editions[indicator.edition_id],
            (
                cluster.health_board.code,
                cluster.local_authority.code,
                cluster.code,
                cluster.name_cy,
                cluster.name_en,
            ),
            kind="indicator",
            subject=indicator.code,
            period=f"{value.period_start:%Y-%m}",
            value=in_unit(indicator, value.numerator, value.denominator),
            unit=indicator.unit,
            numerator=value.numerator,
            denominator=value.denominator,
        )


# What each kind of fact is read by, in the order of the file.
SOURCES = {
    ("own_level", "agreed_level", "sign", "factor"): _standings,
    ("suggested_level",): _suggestions,
    ("criterion_answer",): _answers,
    ("barrier", "support"): _needs,
    ("actions",): _actions,
    ("indicator",): _indicators,
}
KINDS = [kind for kinds in SOURCES for kind in kinds]
