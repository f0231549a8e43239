"""More time for one cluster: who grants it, until when, and who is told."""

import datetime
from contextlib import suppress
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import SelfReflection
from assessments.views.loading import reflection_url
from organisations.models import AuditEvent
from tests.assessments.test_concurrency import at_once
from tests.assessments.test_history import text_of
from tests.steps import (
    State,
    answer_all,
    bring_to,
    entry,
    save,
    start,
    stored,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def over(reflection, lead):
    """A draft whose closing hour passed a minute ago; the cycle is not closed."""
    start(reflection, by=lead)
    reflection.cycle.closes_at = timezone.now() - datetime.timedelta(minutes=1)
    reflection.cycle.save()
    return SelfReflection.objects.get(pk=reflection.pk)


def localised(name, reflection, language):
    with override(language):
        return reflection_url(name, reflection)


def grant(reflection, officer, *, days=7, reason="Illness in the team."):
    extension = services.grant_extension(
        reflection=reflection,
        closes_at=reflection.cycle.closes_at + days * DAY,
        reason=reason,
        language="en",
        by=officer,
    )
    reflection.refresh_from_db()
    return extension


def typed(when, **more):
    when = timezone.localtime(when)
    return {
        "closes_on_day": when.day,
        "closes_on_month": when.month,
        "closes_on_year": when.year,
        "closes_at_hour": f"{when:%H:%M}",
        "reason": "Salwch yn y tîm.",
        "written_in": "cy",
    } | more


def test_an_extension_after_the_hour_brings_the_draft_to_life(over, lead, officer):
    assert not over.takes_answers

    extension = grant(over, officer)

    assert over.takes_answers
    assert over.closes_at == over.extended_to == extension.closes_at
    saved = save(over, entry(words_of(over), "Still time.", base=1), by=lead)
    assert (len(saved.changed), stored(over, words_of(over)).text) == (1, "Still time.")
    assert submit(over, by=lead).number == 1
    [event] = AuditEvent.objects.filter(kind=AuditEvent.Kind.CHANGED)
    assert (event.by, event.details["change"]) == (officer, "extended")


def test_what_came_too_late_before_is_restored_after(client, over, lead, officer):
    save(over, entry(words_of(over), "Too late.", base=1), by=lead)
    grant(over, officer)
    late = stored(over, words_of(over)).versions.get(refusal="closed")
    client.force_login(lead)

    client.post(
        reflection_url(
            "outcome_answer_history",
            over,
            module="LEVELS",
            number=1,
            question="going-well",
        ),
        {"kept": late.pk, "base_version": 1},
    )

    assert stored(over, words_of(over)).text == "Too late."


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_an_hour_that_is_not_later_or_too_far_is_refused(reflection, officer, days):
    with pytest.raises(services.NoExtension):
        grant(reflection, officer, days=days)

    reflection.refresh_from_db()
    assert (reflection.extended_to, reflection.extensions.count()) == (None, 0)


def test_an_extension_is_lengthened_but_never_shortened(reflection, officer):
    grant(reflection, officer, days=10)

    with pytest.raises(services.NoExtension):
        grant(reflection, officer, days=9)
    grant(reflection, officer, days=60, reason="Longer.")

    assert reflection.extended_to == reflection.cycle.closes_at + 60 * DAY
    assert [row.reason for row in reflection.extensions.all()] == [
        "Illness in the team.",
        "Longer.",
    ]


def test_an_hour_that_has_passed_is_refused(over, officer):
    over.cycle.opens_at = timezone.now() - 40 * DAY
    over.cycle.closes_at = timezone.now() - 10 * DAY
    over.cycle.save()

    with pytest.raises(services.NoExtension):
        grant(over, officer, days=5)


def test_a_reason_is_asked_for(reflection, officer):
    with pytest.raises(services.ReasonMissing):
        grant(reflection, officer, reason="  ")


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.IN_REVIEW, State.AGREED, State.CLOSED]
)
def test_what_was_sent_needs_no_time(reflection, lead, officer, national, state):
    bring_to(state, reflection, lead=lead, officer=officer, national=national)

    with pytest.raises(services.NotNow):
        grant(reflection, officer)


@pytest.mark.parametrize("actor", ["lead", "other_officer", "national", "superuser"])
def test_nobody_but_the_board_grants_time(request, reflection, actor):
    with pytest.raises(PermissionDenied):
        grant(reflection, request.getfixturevalue(actor))


# The page -------------------------------------------------------------------------------------


def test_the_officer_grants_time_and_the_cluster_reads_why(
    client, over, lead, officer, national, board
):
    until = (timezone.now() + 5 * DAY).replace(second=0, microsecond=0)
    client.force_login(officer)
    assert (
        reflection_url("extension_grant", over)
        in client.get(reflection_url("reflection_detail", over)).content.decode()
    )

    response = client.post(reflection_url("extension_grant", over), typed(until))

    assert response.url == reflection_url("reflection_detail", over)
    over.refresh_from_db()
    assert over.extended_to == until
    said = f"Extended to {timezone.localtime(until):%-d %B %Y, %H:%M}"
    results = reverse("reporting:board", args=[over.cycle.code, board.code])
    wales = reverse("reporting:national", args=[over.cycle.code])
    found = {
        name: (said in text, "Salwch yn y tîm." in text)
        for name, person, url in [
            ("home", lead, "/en/"),
            ("contents", lead, reflection_url("reflection_detail", over)),
            ("check", lead, reflection_url("reflection_check", over)),
            ("states", lead, reflection_url("state_list", over)),
            ("officer", officer, reflection_url("reflection_detail", over)),
            ("board", officer, results),
            ("wales", national, wales),
        ]
        if (client.force_login(person) or True) and (text := text_of(client.get(url)))
    }
    assert found == {
        "home": (True, True),
        "contents": (True, True),
        "check": (True, True),
        "states": (True, True),
        "officer": (True, True),
        "board": (True, False),
        "wales": (True, False),
    }


def test_what_cannot_be_granted_is_said_and_kept(client, reflection, officer):
    client.force_login(officer)
    url = reflection_url("extension_grant", reflection)
    closes_at = reflection.cycle.closes_at

    found = [
        (response.status_code, response.context["form"].errors)
        for response in [
            client.post(url, typed(closes_at - DAY)),
            client.post(url, typed(closes_at + 61 * DAY)),
            client.post(url, typed(closes_at + DAY, closes_at_hour="half past")),
            client.post(url, typed(closes_at + DAY, reason=" ")),
            client.post(url, typed(closes_at + DAY, closes_on_month="13")),
        ]
    ]

    assert found == [
        (422, {"closes_on": ["Choose a time that is later than the present closing hour."]}),
        (422, {"closes_on": ["Choose a time within 60 days of the cycle's end."]}),
        (422, {"closes_at_hour": ["Enter the hour in figures, for example 17:00."]}),
        (422, {"reason": ["Give a reason."]}),
        (422, {"closes_on": ["There is no such date. Check the day and the month."]}),
    ]  # fmt: skip
    reflection.refresh_from_db()
    assert reflection.extended_to is None


def test_changing_the_language_keeps_what_is_typed(client, reflection, officer):
    client.force_login(officer)
    url = reflection_url("extension_grant", reflection).replace("/en/", "/cy/")

    response = client.post(
        url, typed(reflection.cycle.closes_at + DAY, switch_to="cy", reason="Ŵyn <b>")
    )

    html = response.content.decode()
    assert "Ŵyn &lt;b&gt;" in html
    assert (
        f'value="{timezone.localtime(reflection.cycle.closes_at + DAY).year}"' in html
    )
    assert reflection.extensions.count() == 0


def test_submitted_while_the_page_was_open(client, reflection, lead, officer):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    client.force_login(officer)
    url = reflection_url("extension_grant", reflection)

    sent = client.post(url, typed(reflection.cycle.closes_at + DAY))
    opened = client.get(url)

    assert sent.status_code == 409
    assert "Salwch yn y tîm." in sent.content.decode()
    assert opened.url == reflection_url("reflection_detail", reflection)


def test_summer_time_is_london_s(client, reflection, officer):
    reflection.cycle.closes_at = datetime.datetime(2031, 3, 25, 17, tzinfo=datetime.UTC)
    reflection.cycle.save()
    client.force_login(officer)

    client.post(
        reflection_url("extension_grant", reflection),
        typed(reflection.cycle.closes_at)
        | {"closes_on_day": 1, "closes_on_month": 4, "closes_at_hour": "17.00"},
    )

    reflection.refresh_from_db()
    assert reflection.extended_to == datetime.datetime(
        2031, 4, 1, 16, tzinfo=datetime.UTC
    )


@pytest.mark.parametrize(
    ("language", "sentence", "ask"),
    [
        (
            "en",
            "The time for answers ended on",
            "The time is over. Ask your health board for more time.",
        ),
        (
            "cy",
            "Daeth yr amser i ateb i ben ar",
            "Mae'r amser wedi dod i ben. Gofynnwch i'ch bwrdd iechyd am ragor o amser.",
        ),
    ],
)
def test_every_page_says_that_the_time_is_over(
    client, lead, contributor, over, language, sentence, ask
):
    def pages():
        return [
            unescape(text_of(client.get(url)))
            for url in (
                f"/{language}/",
                *(
                    localised(name, over, language)
                    for name in ("reflection_detail", "reflection_check")
                ),
            )
        ]

    client.force_login(lead)
    of_the_lead = pages()
    client.force_login(contributor)
    of_the_contributor = pages()

    for page in of_the_lead + of_the_contributor:
        assert sentence in page
        assert "The cycle closes on" not in page
        assert "Bydd y cylch yn cau" not in page
    assert ask in of_the_lead[-1]
    assert ask not in of_the_contributor[-1]


def test_whoever_answered_everything_too_late_is_not_told_to_submit(client, lead, over):
    hour_that_passed = over.cycle.closes_at
    type(over.cycle).objects.update(closes_at=timezone.now() + DAY)
    answer_all(SelfReflection.objects.get(pk=over.pk), by=lead)
    type(over.cycle).objects.update(closes_at=hour_that_passed)
    client.force_login(lead)

    page = text_of(client.get(reflection_url("reflection_check", over)))

    assert "Everything is answered." in page
    assert "You can submit" not in page
    assert "The cluster lead submits" not in page


def test_closing_the_cycle_names_what_else_ends(client, reflection, administrator):
    client.force_login(administrator)

    page = client.post(
        reverse("admin:assessments_cycle_changelist"),
        {"action": "close_cycles", "_selected_action": [reflection.cycle.pk]},
    ).content.decode()

    assert "drafts that become “not submitted”: 1." in page
    assert "the closing hour that was announced is still ahead: " in page


def test_closing_the_cycle_names_the_extensions_that_still_run(
    client, reflection, officer, administrator, national
):
    grant(reflection, officer)
    client.force_login(administrator)

    response = client.post(
        reverse("admin:assessments_cycle_changelist"),
        {"action": "close_cycles", "_selected_action": [reflection.cycle.pk]},
    )

    assert "extensions that still run, and end with the cycle: 1." in (
        response.content.decode()
    )
    services.close_cycle(cycle=reflection.cycle, by=national)
    reflection = SelfReflection.objects.get(pk=reflection.pk)
    assert (reflection.state, reflection.takes_answers) == (State.CLOSED, False)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_never_shorten_what_one_granted(reflection, officer):
    closes_at = reflection.cycle.closes_at

    def granting(days):
        def do():
            with suppress(services.NoExtension):
                services.grant_extension(
                    reflection=SelfReflection.objects.get(pk=reflection.pk),
                    closes_at=closes_at + days * DAY,
                    reason="Illness.",
                    language="en",
                    by=officer,
                )

        return do

    at_once(*(granting(days) for days in (9, 3, 7, 5)))

    reflection.refresh_from_db()
    granted = list(reflection.extensions.values_list("closes_at", flat=True))
    assert reflection.extended_to == closes_at + 9 * DAY
    assert granted == sorted(granted)
