"""Figures of indicators: what can be entered, who reads it, and two people at once."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import IndicatorValue
from assessments.periods import Period
from assessments.services.figures import (
    Entered,
    Figure,
    ImpossibleFigure,
    enter_figures,
    mark_of,
)
from frameworks.models import Indicator
from organisations.models import AuditEvent
from tests.factories import (
    ClusterFactory,
    IndicatorFactory,
    SelfReflectionFactory,
    thawed,
)
from tests.steps import correct_wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator(edition):
    indicator = IndicatorFactory(edition=edition, number=1)
    indicator.outcomes.set(edition.modules.first().outcomes.all())
    return indicator


@pytest.fixture
def period():
    return Period.around(timezone.localdate(), Indicator.Period.QUARTER).next(-1)


def enter(indicator, cluster, period, *, by, numerator=3, denominator=1500, seen=None):
    return enter_figures(
        indicator=indicator,
        health_board=cluster.health_board,
        period=period,
        figures=[
            Figure(
                cluster.pk,
                None if numerator is None else Decimal(numerator),
                None if denominator is None else Decimal(denominator),
                seen_by_now(indicator, cluster, period) if seen is None else seen,
            )
        ],
        by=by,
    )


def seen_by_now(indicator, cluster, period):
    return mark_of(
        IndicatorValue.objects.filter(
            indicator=indicator, cluster=cluster, period_start=period.starts_on
        ).first()
    )


def stored(cluster):
    return [
        (value.numerator, value.denominator, value.version)
        for value in cluster.indicator_values.all()
    ]


def page(name, indicator, *more, language="en"):
    with override(language):
        return reverse(
            f"indicators:{name}", args=[indicator.edition.code, indicator.code, *more]
        )


# The service --------------------------------------------------------------------------


def test_a_figure_is_entered_changed_and_taken_back(
    indicator, cluster, period, officer
):
    first = enter(indicator, cluster, period, by=officer)
    second = enter(indicator, cluster, period, by=officer, numerator=4)
    values = stored(cluster)
    value = cluster.indicator_values.get()
    third = enter(
        indicator,
        cluster,
        period,
        by=officer,
        numerator=None,
        denominator=None,
    )

    assert first == second == third == Entered(written=[cluster.pk], stale=[])
    assert values == [(Decimal("4.00"), Decimal("1500.00"), 2)]
    assert stored(cluster) == []
    events = AuditEvent.objects.filter(
        subject_type="assessments.indicatorvalue", subject_id=str(value.pk)
    ).order_by("pk")
    whole = {
        "indicator": indicator.pk,
        "cluster": cluster.pk,
        "period_start": period.starts_on.isoformat(),
        "population": None,
        "note": "",
        "source": "",
        "entered_by": officer.pk,
    }
    one = {"numerator": "3", "denominator": "1500", "version": 1}
    other = {"numerator": "4", "denominator": "1500", "version": 2}
    assert [
        (event.kind, event.by, held(event, "before"), held(event, "after"))
        for event in events
    ] == [
        ("added", officer, None, whole | one),
        (
            "changed",
            officer,
            {"numerator": "3", "version": 1},
            {"numerator": "4", "version": 2},
        ),
        ("removed", officer, whole | other, None),
    ]


def held(event, when):
    """What was written down of a figure, but for the instant."""
    found = event.details.get(when)
    return found and {key: found[key] for key in found if key != "entered_at"}


def test_a_stale_figure_is_not_written_over(indicator, cluster, period, officer):
    enter(indicator, cluster, period, by=officer)

    unseen = enter(indicator, cluster, period, by=officer, numerator=9, seen="")
    same = enter(indicator, cluster, period, by=officer, numerator=3, seen="")

    assert unseen == Entered(written=[], stale=[cluster.pk])
    assert same == Entered(written=[], stale=[])
    assert stored(cluster) == [(Decimal("3.00"), Decimal("1500.00"), 1)]


def test_a_figure_that_was_taken_back_and_entered_again_is_another(
    indicator, cluster, period, officer
):
    enter(indicator, cluster, period, by=officer)
    old = seen_by_now(indicator, cluster, period)
    enter(indicator, cluster, period, by=officer, numerator=None, denominator=None)
    enter(indicator, cluster, period, by=officer, numerator=8)

    late = enter(indicator, cluster, period, by=officer, numerator=5, seen=old)

    assert late == Entered(written=[], stale=[cluster.pk])
    assert stored(cluster) == [(Decimal("8.00"), Decimal("1500.00"), 1)]


@pytest.mark.parametrize(
    ("unit", "numerator", "denominator"),
    [
        ("per_1000", 3, None),
        ("per_1000", None, 1500),
        ("per_1000", 3, 0),
        ("per_1000", -1, 1500),
        ("percentage", 4, 3),
        ("count", 3, 1500),
    ],
)
def test_figures_that_cannot_be(
    indicator, cluster, period, officer, unit, numerator, denominator
):
    indicator.unit = unit
    indicator.save()

    with pytest.raises(ImpossibleFigure):
        enter(
            indicator,
            cluster,
            period,
            by=officer,
            numerator=numerator,
            denominator=denominator,
        )

    assert stored(cluster) == []


def test_who_may_not_enter_figures(
    indicator, cluster, period, lead, contributor, other_officer, administrator
):
    for person in (lead, contributor, other_officer, administrator):
        with pytest.raises(PermissionDenied):
            enter(indicator, cluster, period, by=person)

    assert stored(cluster) == []


def test_a_cluster_of_another_board_is_refused(indicator, cluster, period, officer):
    elsewhere = ClusterFactory()

    with pytest.raises(ImpossibleFigure):
        enter_figures(
            indicator=indicator,
            health_board=cluster.health_board,
            period=period,
            figures=[Figure(elsewhere.pk, Decimal(1), Decimal(2), "")],
            by=officer,
        )


@pytest.mark.parametrize("numbers", [(-1, 5), (1, 0)])
def test_the_database_refuses_impossible_figures(
    indicator, cluster, period, officer, numbers
):
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorValue.objects.create(
            indicator=indicator,
            cluster=cluster,
            period_start=period.starts_on,
            numerator=numbers[0],
            denominator=numbers[1],
            entered_by=officer,
        )


@pytest.mark.parametrize(
    ("unit", "value"), [("count", 3), ("percentage", 30), ("per_1000", 300)]
)
def test_a_value_in_its_unit(unit, value):
    figure = IndicatorValue(
        indicator=Indicator(unit=unit), numerator=Decimal(3), denominator=Decimal(10)
    )

    assert figure.value == value


# The pages ----------------------------------------------------------------------------


def test_indicators_are_listed_with_what_they_are(client, indicator, lead):
    client.force_login(lead)

    text = client.get("/cy/indicators/").content.decode()

    assert indicator.name_cy in text
    assert "Fesul 1,000 o bobl · gorau po uchaf" in text


def test_outcomes_are_named_with_their_corrected_words(
    client, indicator, lead, administrator
):
    outcome = indicator.outcomes.first()
    edition = indicator.edition
    correct_wording(outcome, "title", edition=edition, by=administrator, en="As meant")
    client.force_login(lead)

    text = client.get(page("indicator_detail", indicator)).content.decode()

    assert "As meant" in text
    assert outcome.title_en not in text


def test_indicator_list_without_any(client, lead):
    client.force_login(lead)

    response = client.get("/en/indicators/")

    assert "There are no key indicators yet" in response.content.decode()


def sent(*rows):
    return {
        f"{name}-{cluster.pk}": value
        for cluster, numerator, denominator, mark in rows
        for name, value in (
            ("numerator", numerator),
            ("denominator", denominator),
            ("mark", mark),
        )
    }


@pytest.mark.parametrize("language", ["cy", "en"])
def test_an_officer_enters_figures(
    client, indicator, cluster, other_cluster, period, officer, language
):
    client.force_login(officer)
    address = page(
        "figures_edit",
        indicator,
        cluster.health_board.code,
        period.code,
        language=language,
    )

    shown = client.get(address)
    response = client.post(
        address,
        sent((cluster, "1,234", "20 000", ""), (other_cluster, "", "", "")),
        follow=True,
    )

    assert shown.status_code == 200
    assert stored(cluster) == [(Decimal("1234.00"), Decimal("20000.00"), 1)]
    assert stored(other_cluster) == []
    text = " ".join(response.content.decode().split())
    assert "61.7" in text
    assert text.count({"cy": "Ddim yn hysbys", "en": "Not known"}[language]) == 7


@pytest.mark.parametrize(
    ("numerator", "denominator", "message"),
    [
        ("twelve", "20", "Enter a number in figures, for example 1234 or 12.5."),
        ("1,5", "20", "Enter a number in figures, for example 1234 or 12.5."),
        ("-1", "20", "Enter a number in figures, for example 1234 or 12.5."),
        ("=1+1", "20", "Enter a number in figures, for example 1234 or 12.5."),
        ("3", "", "Enter out of how many, or empty both fields."),
        ("", "20", "Enter how many, or empty both fields."),
        ("3", "0", "Enter a number above nought."),
    ],
)
def test_bad_figures_are_told_and_kept(
    client, indicator, cluster, period, officer, numerator, denominator, message
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)

    response = client.post(address, sent((cluster, numerator, denominator, "")))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert response.context["form"][f"numerator-{cluster.pk}"].value() == numerator
    assert stored(cluster) == []


def test_both_figures_are_shown_where_two_people_differ(
    client, indicator, cluster, other_cluster, period, officer
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)
    enter(indicator, cluster, period, by=officer, numerator=3)
    mine = ((cluster, "9", "1500", ""), (other_cluster, "1", "10", ""))

    refused = client.post(address, sent(*mine))
    page_form = refused.context["form"]
    again = client.post(
        address,
        {name: page_form[name].value() for name in page_form.fields},
    )

    assert refused.status_code == 409
    text = " ".join(refused.content.decode().split())
    assert "Entered meanwhile by somebody else: 3 / 1,500" in text
    assert again.status_code == 302
    assert stored(cluster) == [(Decimal("9.00"), Decimal("1500.00"), 2)]
    assert stored(other_cluster) == [(Decimal("1.00"), Decimal("10.00"), 1)]


def shown(response):
    """What the page holds, as a browser would send it."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def test_a_row_that_was_left_alone_takes_nothing_from_anybody(
    client, indicator, cluster, other_cluster, period, officer
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)
    enter(indicator, cluster, period, by=officer, numerator=3)
    mine = shown(client.get(address)) | sent((other_cluster, "1", "10", ""))
    enter(indicator, cluster, period, by=officer, numerator=5)

    response = client.post(address, mine)

    assert response.status_code == 302
    assert stored(cluster) == [(Decimal("5.00"), Decimal("1500.00"), 2)]
    assert stored(other_cluster) == [(Decimal("1.00"), Decimal("10.00"), 1)]


def test_sending_again_takes_only_what_differed(
    client, indicator, cluster, other_cluster, period, officer
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)
    mine = shown(client.get(address)) | sent((cluster, "9", "1500", ""))
    enter(indicator, cluster, period, by=officer, numerator=3)
    enter(indicator, other_cluster, period, by=officer, numerator=4)

    refused = client.post(address, mine)
    again = client.post(address, shown(refused))

    assert (refused.status_code, again.status_code) == (409, 302)
    assert refused.context["stale"] == [cluster.pk]
    assert stored(cluster) == [(Decimal("9.00"), Decimal("1500.00"), 2)]
    assert stored(other_cluster) == [(Decimal("4.00"), Decimal("1500.00"), 1)]


def test_both_figures_stay_where_the_language_is_switched(
    client, indicator, cluster, period, officer
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)
    enter(indicator, cluster, period, by=officer, numerator=3)
    refused = client.post(address, sent((cluster, "9", "1500", "")))

    switched = client.post(
        page(
            "figures_edit",
            indicator,
            cluster.health_board.code,
            period.code,
            language="cy",
        ),
        shown(refused) | {"stale": str(cluster.pk), "switch_to": "cy"},
    )

    assert switched.status_code == 200
    assert switched.context["stale"] == [cluster.pk]
    assert "3 / 1,500" in " ".join(switched.content.decode().split())
    assert f'name="stale" value="{cluster.pk}"' in refused.content.decode()


def test_the_language_switch_keeps_what_is_typed(
    client, indicator, cluster, period, officer
):
    client.force_login(officer)
    address = page(
        "figures_edit", indicator, cluster.health_board.code, period.code, language="cy"
    )

    response = client.post(address, sent((cluster, "7", "x", "")) | {"switch_to": "cy"})

    assert response.status_code == 200
    assert response.context["form"][f"numerator-{cluster.pk}"].value() == "7"
    assert response.context["form"][f"denominator-{cluster.pk}"].value() == "x"
    assert stored(cluster) == []


def test_a_spoiled_version_is_a_bad_request(
    client, indicator, cluster, period, officer
):
    client.force_login(officer)
    address = page("figures_edit", indicator, cluster.health_board.code, period.code)

    response = client.post(address, sent((cluster, "7", "9", "x")))

    assert response.status_code == 400


@pytest.mark.parametrize(
    "code", ["2026-05", "3026-04", "1000-04", "nothing", "2026-99"]
)
def test_a_period_that_is_none_is_not_there(client, indicator, cluster, officer, code):
    client.force_login(officer)

    response = client.get(
        page("figures_edit", indicator, cluster.health_board.code, code)
    )

    assert response.status_code == 404


def test_choosing_leads_to_the_page_of_the_figures(
    client, indicator, cluster, period, officer
):
    client.force_login(officer)
    board = cluster.health_board.code

    chosen = client.get(
        page("figures_choose", indicator), {"board": board, "period": period.code}
    )
    nothing = client.get(page("figures_choose", indicator), {"board": "x"})

    assert chosen.headers["Location"] == page(
        "figures_edit", indicator, board, period.code
    )
    assert nothing.headers["Location"] == page("indicator_detail", indicator)


def test_only_the_figures_that_one_may_read_are_shown(
    client, indicator, cluster, other_cluster, period, officer, lead, national
):
    enter(indicator, cluster, period, by=officer)
    enter(indicator, other_cluster, period, by=officer)
    rows = {}

    for person in (lead, officer, national):
        client.force_login(person)
        response = client.get(page("indicator_detail", indicator))
        rows[person] = [row.cluster.code for row in response.context["rows"]]

    assert rows == {
        lead: ["afan"],
        officer: ["afan", "ogwr"],
        national: ["afan", "ogwr"],
    }


def test_a_figure_is_read_once_however_many_cycles_its_cluster_has(
    indicator, cluster, period, officer, lead
):
    enter(indicator, cluster, period, by=officer)
    for _ in range(3):
        SelfReflectionFactory(cluster=cluster)

    counts = [
        IndicatorValue.objects.visible_to(person).count() for person in (officer, lead)
    ]

    assert counts == [1, 1]


def test_a_closed_cluster_has_a_row_for_its_own_time(indicator, board, officer, client):
    today = timezone.localdate()
    gone = ClusterFactory(
        code="gone", health_board=board, closed_on=today - datetime.timedelta(days=30)
    )
    ClusterFactory(
        code="long-gone",
        health_board=board,
        closed_on=today - datetime.timedelta(days=3000),
    )
    client.force_login(officer)

    response = client.get(page("indicator_detail", indicator))

    assert [row.cluster for row in response.context["rows"]] == [gone]


def test_a_draft_edition_s_indicator_is_not_there(client, indicator, officer):
    with thawed():
        indicator.edition.status = "draft"
        indicator.edition.save()
    client.force_login(officer)

    assert client.get(page("indicator_detail", indicator)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts(
    client, indicator, board, period, officer, count, django_assert_num_queries
):
    clusters = [ClusterFactory(health_board=board) for _ in range(count)]
    for cluster in clusters:
        enter(indicator, cluster, period, by=officer)
    for number in range(2, count + 1):
        IndicatorFactory(edition=indicator.edition, number=number)
    client.force_login(officer)

    with django_assert_num_queries(5):
        client.get("/en/indicators/")
    with django_assert_num_queries(8):
        client.get(page("indicator_detail", indicator))
    with django_assert_num_queries(9):
        client.get(page("figures_edit", indicator, board.code, period.code))
