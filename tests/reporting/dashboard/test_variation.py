"""Indicators by area and over time: figures, who sees which, and the page."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Cycle, IndicatorValue
from assessments.periods import Period
from frameworks.models import Indicator
from organisations.models import Cluster
from reporting.disclosure import may_show
from reporting.exhibits import EXHIBITS, Page
from reporting.scopes import scope_of_code
from reporting.variation import words
from reporting.variation.figures import KINDS, Standing, load_variation
from tests.factories import (
    ClusterFactory,
    EditionFactory,
    HealthBoardFactory,
    IndicatorFactory,
    LocalAuthorityFactory,
    RegionalPartnershipBoardFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Unit = Indicator.Unit


@pytest.fixture
def wales(db):
    """Nine clusters: three of each of three boards, of which two make one region.

    The middle authority has a cluster of the first board and one of the second.
    """
    east, west = RegionalPartnershipBoardFactory(), RegionalPartnershipBoardFactory()
    boards = [
        HealthBoardFactory(code=code, regional_partnership_board=region)
        for code, region in (("7B1", east), ("7B2", east), ("7B3", west))
    ]
    authorities = [LocalAuthorityFactory() for _number in range(4)]
    return [
        ClusterFactory(
            code=f"c{number}",
            health_board=boards[number // 3],
            local_authority=authorities[(number + 1) // 3],
        )
        for number in range(9)
    ]


@pytest.fixture
def writer(db):
    return UserFactory(email="writer@example.test")


def quarters(cycle, count=1):
    """The last quarters that began before the cycle's end, the newest first."""
    newest = Period.around(cycle.closes_at.date(), Indicator.Period.QUARTER)
    return [newest.next(-back) for back in range(count)]


def put(indicator, cluster, period, numerator, denominator, writer):
    return IndicatorValue(
        indicator=indicator,
        cluster=cluster,
        period_start=period.starts_on,
        numerator=Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        entered_by=writer,
    )


def page_of(user, cycle, scope="wales", **query):
    cycles = list(Cycle.objects.begun().select_related("edition"))
    chosen = next(each for each in cycles if each == cycle)
    return Page(user, scope_of_code(scope), chosen, cycles, query=query)


def scopes(clusters):
    """Every scope that there is, by its code."""
    places = {"wales"}
    for cluster in clusters:
        board = cluster.health_board
        places |= {
            f"region-{board.regional_partnership_board.code}",
            f"board-{board.code}",
            f"authority-{cluster.local_authority.code}",
            f"cluster-{cluster.code}",
        }
    return sorted(places)


# Every figure, recomputed slowly ---------------------------------------------------------

UNITS = st.sampled_from([Unit.PER_1000, Unit.PERCENTAGE, Unit.COUNT])
A_VALUE = st.one_of(st.none(), st.tuples(st.integers(0, 40), st.integers(40, 90_000)))


def slowly(unit, rows):
    """The figure of some clusters' rows, where at least one is known."""
    known = [row for row in rows if row is not None]
    if not known:
        return None
    counted = sum(Fraction(row[0]) for row in known)
    if unit == Unit.COUNT:
        return counted
    per = 100 if unit == Unit.PERCENTAGE else 1000
    return counted * per / sum(row[1] for row in known)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    unit=UNITS,
    drawn=st.lists(st.lists(A_VALUE, min_size=9, max_size=9), min_size=3, max_size=3),
)
def test_every_figure_is_what_was_counted(wales, cycle, national, writer, unit, drawn):
    IndicatorValue.objects.all().delete()
    Indicator.objects.all().delete()
    indicator = IndicatorFactory(edition=cycle.edition, unit=unit)
    periods = quarters(cycle, 3)
    values = {
        (period, cluster): row
        for period, rows in zip(periods, drawn, strict=True)
        for cluster, row in zip(wales, rows, strict=True)
    }
    IndicatorValue.objects.bulk_create(
        put(
            indicator,
            *(cluster, period, row[0]),
            *(None if unit == Unit.COUNT else row[1], writer),
        )
        for (period, cluster), row in values.items()
        if row
    )

    for scope in (
        "wales",
        "region-" + wales[0].health_board.regional_partnership_board.code,
        "board-7B2",
    ):
        here = [cluster for cluster in wales if _is_within(cluster, scope)]
        for kind in KINDS[scope.partition("-")[0]]:
            found = load_variation(page_of(national, cycle, scope, areas=kind))
            if found.at is None:
                assert not any(values.values())
                continue

            at = found.at.period
            shown = {
                area.scope.code: (
                    _near(area.figure.value),
                    area.figure.known,
                    area.figure.total,
                )
                for area in found.areas
            }
            expected = {}
            for cluster in here:
                expected.setdefault(_place(found.kind, cluster), []).append(
                    values[at, cluster]
                )
            assert shown == {
                code: (
                    _near(slowly(unit, rows)),
                    sum(row is not None for row in rows),
                    len(rows),
                )
                for code, rows in expected.items()
            }
            over_time = {
                each.period: (_near(each.here.value), _near(each.wales.value))
                for each in found.periods
            }
            assert over_time == {
                period: (
                    _near(slowly(unit, [values[period, each] for each in here])),
                    _near(slowly(unit, [values[period, each] for each in wales])),
                )
                for period in over_time
            }


def _near(value):
    return None if value is None else round(float(value), 9)


def _is_within(cluster, scope):
    board = cluster.health_board
    return scope in {
        "wales",
        f"board-{board.code}",
        f"region-{board.regional_partnership_board.code}",
    }


def _place(kind, cluster):
    board = cluster.health_board
    return {
        "region": f"region-{board.regional_partnership_board.code}",
        "board": f"board-{board.code}",
        "authority": f"authority-{cluster.local_authority.code}",
        "cluster": f"cluster-{cluster.code}",
    }[kind]


# Who sees which ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "boards", "is_wales", "shown"),
    [
        (0, 0, False, True),
        (0, 0, True, True),
        (1, 1, True, False),
        (4, 4, True, False),
        (5, 1, True, False),
        (5, 2, True, True),
        (60, 7, True, True),
        (1, 1, False, False),
        (60, 7, False, False),
    ],
)
def test_when_a_figure_of_many_is_shown(others, boards, is_wales, shown):
    assert may_show(others, other_boards=boards, is_wales=is_wales) is shown


@pytest.fixture
def readers(wales, national):
    """Who reads how many of the nine clusters."""
    boards = list(dict.fromkeys(cluster.health_board for cluster in wales))
    return {
        "lead": UserFactory(lead_of=wales[0]),
        "contributor": UserFactory(contributor_to=wales[8]),
        "first officer": UserFactory(officer_of=boards[0]),
        "last officer": UserFactory(officer_of=boards[2]),
        "national": national,
    }


def bits(numerator):
    """Which clusters stand behind a sum of powers of two."""
    number = int(numerator)
    return frozenset(place for place in range(9) if number >> place & 1)


def sums_shown(user, cycle, clusters, own):
    """The clusters behind each sum that ``user`` is told anywhere, as sets."""
    found = set()
    for code in scopes(clusters):
        page = page_of(user, cycle, code)
        if page.scope.is_cluster and clusters.index(page.scope.place) not in own:
            continue
        for kind in KINDS[page.scope.kind]:
            variation = load_variation(replace(page, query={"areas": kind}))
            if variation.at is None:
                continue
            figures = [area.figure for area in variation.areas]
            for each in variation.periods:
                figures += [each.here, each.wales]
            found |= {
                bits(each.numerator) for each in figures if each.numerator is not None
            }
    return found


@pytest.mark.parametrize(
    "with_a_figure",
    [range(9), range(6), range(5), [0, 8], [3, 4, 5, 6, 7]],
)
def test_no_sums_together_tell_what_a_few_counted(
    wales, cycle, readers, writer, with_a_figure
):
    indicator = IndicatorFactory(edition=cycle.edition, unit=Unit.COUNT)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, wales[place], period, 2**place, None, writer)
        for place in with_a_figure
    )
    own = {
        "lead": {0},
        "contributor": {8},
        "first officer": {0, 1, 2},
        "last officer": {6, 7, 8},
    }

    for name in own:
        user = readers[name]
        beyond = {
            behind - own[name]
            for behind in sums_shown(user, cycle, wales, own[name])
            if behind - own[name]
        }

        # At most one sum of others, from which nothing can be taken away but one's own.
        others = frozenset(with_a_figure) - own[name]
        boards = {place // 3 for place in others}
        enough = len(others) >= 5 and len(boards) >= 2
        assert (name, beyond) == (name, {others} if enough else set())


def test_what_one_may_read_is_shown_one_by_one(wales, cycle, readers, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 10, 1000, writer) for cluster in wales
    )

    seen = {}
    for name, user in readers.items():
        found = load_variation(page_of(user, cycle))
        seen[name] = (
            found.kind,
            len(found.areas),
            found.unread_count,
            found.wales.value,
        )

    assert seen == {
        "lead": ("cluster", 1, 8, Decimal(10)),
        "contributor": ("authority", 1, 3, Decimal(10)),
        "first officer": ("board", 1, 2, Decimal(10)),
        "last officer": ("board", 1, 2, Decimal(10)),
        "national": ("board", 3, 0, Decimal(10)),
    }


# Periods, editions, limits ----------------------------------------------------------------


def test_figures_of_a_later_edition_stand_for_those_of_the_one_before(
    wales, cycle, national, writer
):
    later = EditionFactory(code="2031-05")
    before = IndicatorFactory(edition=cycle.edition, code="visits", unit=Unit.COUNT)
    after = IndicatorFactory(edition=later, code="visits", unit=Unit.COUNT)
    newest, older = quarters(cycle, 2)
    IndicatorValue.objects.bulk_create(
        [
            put(before, wales[0], newest, 1, None, writer),
            put(after, wales[0], newest, 2, None, writer),
            put(before, wales[1], newest, 4, None, writer),
            put(after, wales[0], older, 8, None, writer),
        ]
    )

    found = load_variation(page_of(national, cycle))

    assert [each.wales.value for each in found.periods] == [6, 8]


def test_an_indicator_of_another_unit_is_another(wales, cycle, national, writer):
    before = IndicatorFactory(edition=cycle.edition, code="visits", unit=Unit.COUNT)
    after = IndicatorFactory(code="visits", unit=Unit.PER_1000)
    (period,) = quarters(cycle)
    put(before, wales[0], period, 1, None, writer).save()
    put(after, wales[1], period, 2, 50, writer).save()

    found = load_variation(page_of(national, cycle))

    assert found.wales.value == 1


def test_gaps_between_periods_are_not_known(wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    newest, _between, oldest = quarters(cycle, 3)
    for period, counted in ((newest, 1), (oldest, 0)):
        put(indicator, wales[0], period, counted, 1000, writer).save()
    after = Period.around(cycle.closes_at.date(), indicator.period).next(1)
    put(indicator, wales[0], after, 9, 1000, writer).save()

    found = load_variation(page_of(national, cycle))
    exhibit = EXHIBITS["over_time"](page_of(national, cycle))

    assert [each.wales.value for each in found.periods] == [1, None, 0]
    assert [row[1] for row in exhibit.table.rows] == [0, None, 1]
    line = exhibit.chart.strokes[-1]
    assert line.path.count("M") == 2  # it is broken where nothing is known


def test_a_cluster_counts_while_it_exists(wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    put(indicator, wales[0], period, 1, 1000, writer).save()
    Cluster.objects.filter(pk=wales[1].pk).update(closed_on=period.starts_on)

    found = load_variation(page_of(national, cycle, areas="cluster"))

    assert (found.wales.known, found.wales.total) == (1, 8)
    assert [area.figure.known for area in found.areas] == [1, *[0] * 7]


def test_what_lies_beyond_the_limits(wales, cycle, national, writer):
    """Eight clusters at 100 in 10,000 each, and one at 200: Wales has 1,000 in 90,000."""
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 200 if place == 4 else 100, 10_000, writer)
        for place, cluster in enumerate(wales)
    )

    page = page_of(national, cycle, areas="cluster")
    found = load_variation(page)
    table = EXHIBITS["funnel"](page).table

    standings = {area.scope.place.code: area.standing for area in found.areas}
    assert standings.pop("c4") == Standing.ABOVE_OUTER
    assert set(standings.values()) == {Standing.WITHIN}
    assert float(found.wales.value) == pytest.approx(1000 / 90)
    assert str(table.rows[0][8]) == "higher, beyond the limits of 99.8%"
    assert [round(limit, 2) for limit in table.rows[1][4:8]] == [
        7.95,
        9.04,
        13.17,
        14.46,
    ]


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        (Unit.PER_1000, "135.457", "135.5"),
        (Unit.PERCENTAGE, "99.96", "100.0%"),
        (Unit.COUNT, "4567", "4,567"),
        (Unit.COUNT, "4567.50", "4,567.50"),
    ],
)
def test_numbers_are_rounded_and_not_cut_off(unit, value, text):
    indicator = IndicatorFactory.build(unit=unit)

    assert words.number(Decimal(value), indicator) == text


def test_a_count_has_no_limits_and_says_so(wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition, unit=Unit.COUNT)
    (period,) = quarters(cycle)
    put(indicator, wales[0], period, 7, None, writer).save()

    page = page_of(national, cycle)

    assert EXHIBITS["funnel"](page) is None
    notes = EXHIBITS["variation"](page).notes
    assert any(note.startswith("This indicator is a count") for note in notes)


def test_missing_is_not_nought(wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    put(indicator, wales[0], period, 0, 1000, writer).save()

    exhibit = EXHIBITS["variation"](page_of(national, cycle))

    assert [row[1] for row in exhibit.table.rows] == [0, None, None, 0]
    dots = exhibit.chart
    assert [words.text for words in dots.words].count("Not known") == 2
    assert len(dots.marks) == 3  # a dot, and two keys of the legend
    names = sorted(cluster.health_board.name for cluster in (wales[3], wales[6]))
    assert f"Not known: {', '.join(names)}." in exhibit.notes


# The page ---------------------------------------------------------------------------------


def address(scope="wales", **query):
    return reverse("dashboard:variation", args=[scope], query=query or None)


def test_who_opens_the_page(client, wales, cycle, readers, translator):
    client.force_login(readers["lead"])
    assert client.get(address("cluster-c0")).status_code == 200
    assert client.get(address("cluster-c1")).status_code == 404
    assert client.get(address("board-7B3")).status_code == 200
    client.force_login(translator)
    assert client.get(address()).status_code == 403


def test_before_there_is_anything_to_show(client, wales, cycle, national):
    client.force_login(national)

    without_indicators = client.get(address()).content.decode()
    IndicatorFactory(edition=cycle.edition)
    without_figures = client.get(address()).content.decode()

    assert "No indicators yet" in without_indicators
    assert "No figures yet" in without_figures


def test_a_foreign_scope_shows_wales_alone(client, wales, cycle, readers, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 10 + place, 1000, writer)
        for place, cluster in enumerate(wales)
    )

    exhibit = EXHIBITS["variation"](page_of(readers["lead"], cycle, "board-7B3"))
    over_time = EXHIBITS["over_time"](page_of(readers["lead"], cycle, "board-7B3"))

    assert [row[:2] for row in exhibit.table.rows] == [["Wales", Decimal(14)]]
    assert "Areas whose figures you cannot read: 3." in exhibit.notes
    assert [row[1:5] for row in over_time.table.rows] == [[None, None, None, 3]]


def test_the_form_keeps_what_was_chosen(client, wales, cycle, national, writer):
    rate = IndicatorFactory(edition=cycle.edition, code="rate")
    share = IndicatorFactory(edition=cycle.edition, code="share", unit=Unit.PERCENTAGE)
    newest, older = quarters(cycle, 2)
    for indicator, period in product((rate, share), (newest, older)):
        put(indicator, wales[0], period, 1, 1000, writer).save()
    client.force_login(national)

    page = client.get(
        address(indicator="share", period=older.code, areas="authority", level="agreed")
    ).content.decode()

    assert '<option value="share" selected>' in page
    assert f'<option value="{older.code}" selected>' in page
    assert '<option value="authority" selected>' in page
    assert '<input type="hidden" name="level" value="agreed">' in page
    assert client.get(address(indicator="x", period="x", areas="x")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_little_whatever_there_is(
    client, cycle, board, officer, writer, count
):
    indicator = IndicatorFactory(edition=cycle.edition)
    for number in range(count):
        cluster = ClusterFactory(code=f"c{number}", health_board=board)
        for period in quarters(cycle, count):
            put(indicator, cluster, period, 1, 1000, writer).save()
    client.force_login(officer)
    client.get(address("board-7A0"))

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address("board-7A0"))

    assert (response.status_code, len(queries)) == (200, 12)


def test_in_welsh(client, wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition, is_example=True)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 10, 1000, writer) for cluster in wales
    )
    client.force_login(national)

    with override("cy"):
        page = client.get(address()).content.decode()

    for said in (
        f"{indicator.name_cy}: yn ôl bwrdd iechyd",
        "Cymru: 10.0",
        "Terfynau 99.8%",
        "Mae'r terfynau'n gwahanu siawns a gwahaniaeth.",
        "Medicine 24 (2005), 1185–1202",
        "Ffynhonnell: Ffigurau synthetig",
    ):
        assert said.replace("'", "&#x27;") in page or said in page


def test_the_tables_are_files_too(client, wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition, code="rate")
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 12, 1000, writer) for cluster in wales[:4]
    )
    client.force_login(national)

    files = {
        key: client.get(
            reverse(
                "dashboard:exhibit_csv", args=["wales", key], query={"areas": "region"}
            )
        )
        .content.decode("utf-8-sig")
        .splitlines()
        for key in ("variation", "funnel", "over_time")
    }

    region = wales[0].health_board.regional_partnership_board
    assert files["variation"][0] == (
        "area,figure,numerator,denominator,clusters_known,clusters,area_code,indicator,unit,period"
    )
    assert files["variation"][1] == (
        f"{region.name},12,48,4000,4,6,region-{region.code},rate,per_1000,{period.code}"
    )
    assert files["variation"][3] == (
        f"Wales,12,48,4000,4,9,wales,rate,per_1000,{period.code}"
    )
    assert [len(lines) for lines in files.values()] == [4, 2, 2]


def test_the_drawing_says_what_it_shows(client, wales, cycle, national, writer):
    indicator = IndicatorFactory(edition=cycle.edition)
    (period,) = quarters(cycle)
    IndicatorValue.objects.bulk_create(
        put(indicator, cluster, period, 10 + place, 1000, writer)
        for place, cluster in enumerate(wales)
    )
    client.force_login(national)

    page = client.get(address(areas="cluster")).content.decode()

    drawings = page.split("<svg")[1:]
    assert len(drawings) == 6  # three exhibits, each wide and narrow
    for drawing in drawings:
        drawing = drawing.split("</svg>")[0]
        assert "<title" in drawing
        assert "<desc" in drawing
        assert "style=" not in drawing
    highest, lowest = wales[8].name, wales[0].name
    assert f"Highest: {highest}, 18.0. Lowest: {lowest}, 10.0. Wales: 14.0." in page
    for place in range(9):
        assert f">{10 + place}.0</text>" in drawings[0]
