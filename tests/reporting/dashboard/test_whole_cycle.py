"""A cluster's page of the dashboard: its cycle as a whole, and over the cycles."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import Cycle, IndicatorValue
from frameworks.models import Indicator
from reporting.exhibits import Page
from reporting.scopes import scope_of_code
from reporting.whole_cycle import load_whole_cycle
from tests.factories import (
    CycleFactory,
    EditionFactory,
    IndicatorFactory,
    SelfReflectionFactory,
)
from tests.steps import answer_all, outcome_of, start, submit

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def whole(user, cycle, scope="cluster-afan"):
    cycles = list(Cycle.objects.begun().select_related("edition"))
    chosen = next(each for each in cycles if each == cycle)
    return load_whole_cycle(Page(user, scope_of_code(scope), chosen, cycles))


@pytest.fixture
def agreed(reflection, lead, officer):
    """Everything answered and submitted, and level 2 agreed of the first outcome."""
    answer_all(reflection, by=lead)
    submit(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)
    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection).pk: (2, "They saw it.", "en")},
    )
    return reflection


def levels(found):
    return [
        [cell and (cell.own_level, cell.agreed_level) for cell in line.cells]
        for line in found.lines
    ]


def test_levels_of_a_cycle(agreed, lead):
    found = whole(lead, agreed.cycle)

    assert levels(found) == [[(1, 2)], [(1, None)], [(None, None)]]
    assert [line.cells[0].met for line in found.lines] == [1, 1, 0]


def test_a_draft_is_not_read(reflection, lead):
    start(reflection, by=lead)

    found = whole(lead, reflection.cycle)

    assert (found.submission, levels(found)) == (None, [[None], [None], [None]])


def test_a_cycle_in_which_it_takes_no_part(agreed, cluster, national):
    other = CycleFactory(
        code="2031",
        edition=agreed.cycle.edition,
        opens_at=agreed.cycle.opens_at + DAY,
        closes_at=agreed.cycle.closes_at + DAY,
    )

    found = whole(national, other)

    assert found.reflection is None
    assert levels(found)[0] == [(1, 2), None]


def test_figures_up_to_the_end_of_the_cycle(agreed, cluster, lead, officer):
    indicator = IndicatorFactory(
        edition=agreed.cycle.edition, unit=Indicator.Unit.COUNT, period="year"
    )
    IndicatorFactory(edition=agreed.cycle.edition)
    ends = timezone.localdate(agreed.cycle.closes_at)
    for start_of, number in (
        (ends.replace(month=4, day=1, year=ends.year - 2), 5),
        (ends.replace(month=4, day=1, year=ends.year - 1), 0),
        (ends.replace(month=4, day=1, year=ends.year + 1), 9),
    ):
        IndicatorValue.objects.create(
            indicator=indicator,
            cluster=cluster,
            period_start=start_of,
            numerator=number,
            entered_by=officer,
        )

    found = whole(lead, agreed.cycle)

    shown = [
        (line.value and line.value.numerator, line.before and line.before.numerator)
        for line in found.figures
    ]
    assert shown == [(0, 5), (None, None)]
    assert found.known_figures == 1


def test_figures_of_an_earlier_edition_of_the_same_indicator(
    agreed, cluster, lead, officer
):
    edition = agreed.cycle.edition
    earlier, measured_otherwise = EditionFactory(), EditionFactory()
    known = {"code": "visits", "period": "year"}
    then = IndicatorFactory(edition=earlier, unit="count", **known)
    now = IndicatorFactory(edition=edition, unit="count", **known)
    other = IndicatorFactory(edition=measured_otherwise, unit="per_1000", **known)
    ends = timezone.localdate(agreed.cycle.closes_at)
    for indicator, years_ago, number in (
        (then, 2, 5),
        (then, 1, 6),
        (now, 1, 7),
        (other, 1, 8),
    ):
        IndicatorValue.objects.create(
            indicator=indicator,
            cluster=cluster,
            period_start=ends.replace(month=4, day=1, year=ends.year - years_ago),
            numerator=number,
            denominator=1000 if indicator == other else None,
            entered_by=officer,
        )

    (line,) = whole(lead, agreed.cycle).figures

    # One figure a period, and none that was counted in another unit.
    assert (line.value.numerator, line.before.numerator) == (7, 5)


def test_actions_are_counted(agreed, lead):
    yesterday = timezone.localdate() - DAY
    for text, due_on in (("One.", None), ("Two.", yesterday), ("Three.", None)):
        action = services.add_action(
            reflection=agreed, text=text, language="en", due_on=due_on, by=lead
        )
    services.set_action_status(
        action=action,
        base_version=action.version,
        status="done",
        note="It is done.",
        language="en",
        by=lead,
    )

    found = whole(lead, agreed.cycle)

    assert dict(found.action_counts) == {
        "undertaken": 3,
        "done": 1,
        "dropped": 0,
        "open": 2,
        "overdue": 1,
    }
    assert [action.text for action in found.actions] == ["Two.", "One."]


@pytest.mark.parametrize("cycle_count", [1, 3])
def test_the_page_asks_as_little_whatever_there_is(
    client, agreed, cluster, lead, cycle_count
):
    for number in range(1, cycle_count):
        cycle = CycleFactory(
            code=f"{2030 - number}",
            edition=agreed.cycle.edition,
            opens_at=agreed.cycle.opens_at - number * DAY,
        )
        SelfReflectionFactory(cycle=cycle, cluster=cluster)
    client.force_login(lead)
    path = reverse("dashboard:overview", args=["cluster-afan"])
    client.get(path)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert (response.status_code, len(queries)) == (200, 14)


@pytest.mark.parametrize(("language", "said"), [("cy", "Cytunwyd:"), ("en", "Agreed:")])
def test_the_page_in_both_languages(client, agreed, lead, language, said):
    client.force_login(lead)

    with override(language):
        path = reverse("dashboard:overview", args=["cluster-afan"])
    page = client.get(path).content.decode()

    assert said in page
