"""Flagging what the cluster should discuss: the service, and the buttons of the form."""

import pytest
from django.core.exceptions import PermissionDenied

from assessments import services
from assessments.models import Answer, Flag, SelfReflection
from assessments.views.loading import reflection_url
from organisations.models import AuditEvent
from tests.assessments.test_views import typed
from tests.factories import EditionFactory
from tests.steps import criterion_of, outcome_of, start, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def flags():
    return [
        (flag.outcome, flag.criterion, flag.raised_by, flag.settled_by)
        for flag in Flag.objects.all()
    ]


def audited(kind):
    return AuditEvent.objects.filter(kind=kind, subject_type="assessments.flag").count()


# The service ------------------------------------------------------------------------------


def test_flag_twice_is_one_flag(reflection, lead, contributor):
    outcome, criterion = outcome_of(reflection), criterion_of(reflection)

    for by in (lead, contributor):
        services.raise_flag(reflection=reflection, outcome=outcome, by=by)
        services.raise_flag(
            reflection=reflection, outcome=outcome, criterion=criterion, by=by
        )

    assert flags() == [(outcome, None, lead, None), (outcome, criterion, lead, None)]
    assert audited("added") == 2


def test_anyone_in_the_cluster_settles_and_the_first_counts(
    reflection, lead, contributor
):
    outcome = outcome_of(reflection)
    flag = services.raise_flag(reflection=reflection, outcome=outcome, by=lead)

    services.settle_flag(flag=flag, by=contributor)
    services.settle_flag(flag=flag, by=lead)

    assert flags() == [(outcome, None, lead, contributor)]
    assert audited("changed") == 1


def test_what_was_settled_can_be_flagged_again(reflection, lead, contributor):
    outcome = outcome_of(reflection)
    flag = services.raise_flag(reflection=reflection, outcome=outcome, by=lead)
    services.settle_flag(flag=flag, by=lead)

    services.raise_flag(reflection=reflection, outcome=outcome, by=contributor)

    assert flags() == [
        (outcome, None, lead, lead),
        (outcome, None, contributor, None),
    ]


def test_nobody_else_flags_or_settles(reflection, lead, stranger, officer, superuser):
    outcome = outcome_of(reflection)
    flag = services.raise_flag(reflection=reflection, outcome=outcome, by=lead)

    for by in (stranger, officer, superuser):
        with pytest.raises(PermissionDenied):
            services.raise_flag(
                reflection=reflection, outcome=outcome_of(reflection, number=2), by=by
            )
        with pytest.raises(PermissionDenied):
            services.settle_flag(flag=flag, by=by)

    assert flags() == [(outcome, None, lead, None)]


def test_nothing_is_flagged_once_it_is_submitted(reflection, lead):
    outcome = outcome_of(reflection)
    start(reflection, by=lead)
    flag = services.raise_flag(reflection=reflection, outcome=outcome, by=lead)
    submit(reflection, by=lead)

    with pytest.raises(services.NotNow):
        services.raise_flag(
            reflection=reflection, outcome=outcome_of(reflection, number=2), by=lead
        )
    with pytest.raises(services.NotNow):
        services.settle_flag(flag=flag, by=lead)

    assert flags() == [(outcome, None, lead, None)]


def test_only_what_the_edition_asks(reflection, lead):
    elsewhere = EditionFactory(levelled=True).modules.get().outcomes.get()
    criterion = criterion_of(reflection, outcome=2)

    with pytest.raises(services.ForeignSubject):
        services.raise_flag(reflection=reflection, outcome=elsewhere, by=lead)
    with pytest.raises(services.ForeignSubject):
        services.raise_flag(
            reflection=reflection,
            outcome=outcome_of(reflection),
            criterion=criterion,
            by=lead,
        )

    assert flags() == []


# The buttons ------------------------------------------------------------------------------


def test_flagging_saves_the_page_first(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page, typed(client, page, **{f"{key}-text": "Let us talk.", "flag": key})
    )

    assert response.url == f"{page}#{key}"
    assert Answer.objects.get(reflection=reflection).text == "Let us talk."
    assert flags() == [(outcome_of(reflection), criterion_of(reflection), lead, None)]


def test_the_page_says_who_flagged_and_a_colleague_settles(
    client, lead, contributor, reflection, page
):
    client.force_login(contributor)
    client.post(page, typed(client, page, flag="outcome"))
    client.force_login(lead)

    html = client.get(page).content.decode()
    response = client.post(page, typed(client, page, settle="outcome"))

    assert "Flagged for discussion:" in html
    assert str(contributor) in html
    assert response.url == f"{page}#outcome"
    assert flags() == [(outcome_of(reflection), None, contributor, lead)]
    assert "Flagged for discussion:" not in client.get(page).content.decode()


def test_flagging_beside_a_mistake_shows_both(client, lead, reflection, page):
    client.force_login(lead)
    key = f"criterion-{criterion_of(reflection).pk}"

    response = client.post(
        page, typed(client, page, **{f"{key}-text": "x" * 10_001, "flag": "outcome"})
    )

    html = response.content.decode()
    assert response.status_code == 422
    assert "x" * 10_001 in html
    assert "Flagged for discussion:" in html


@pytest.mark.parametrize(
    "button", [{"flag": "nonsense"}, {"settle": "outcome"}, {"flag": "criterion-0"}]
)
def test_buttons_of_what_is_not_there_only_save(client, lead, reflection, page, button):
    client.force_login(lead)

    assert client.post(page, typed(client, page, **button)).status_code == 302
    assert flags() == []


def test_flagging_what_has_been_submitted_meanwhile(client, lead, reflection, page):
    client.force_login(lead)
    start(reflection, by=lead)
    sent = typed(client, page, flag="outcome")
    submit(reflection, by=lead)

    response = client.post(page, sent, follow=True)

    assert response.status_code == 200
    assert flags() == []
    assert SelfReflection.objects.get(pk=reflection.pk).state == "submitted"
