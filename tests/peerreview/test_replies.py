"""The cluster's replies: writing, sending and reading them; who may, and when it is too late."""

import pytest
from django.utils import timezone

from peerreview.models import (
    Annotation,
    ClusterReview,
    Response,
    ResponseVersion,
    ReviewPhase,
)
from peerreview.selectors.replies import load_replies
from peerreview.services import replies as services
from tests.peerreview.said import (
    agree,
    annotate,
    at,
    find,
    key_of,
    reply,
    save_reply,
    target_of,
    text_of,
)
from tests.peerreview.world import Phase
from tests.steps import criterion_of, outcome_of

pytestmark = pytest.mark.django_db

OPERATION = "7f6c2a52-6c1e-4f5e-9d7a-000000000001"


def sent(thing, choice="", text="", *, version=0, **more):
    """What a page sends that shows one thing."""
    key = key_of(thing)
    return {
        "operation_id": OPERATION,
        f"{key}-version": version,
        f"{key}-choice": choice,
        f"{key}-text": text,
        **more,
    }


def stored():
    """Choice, text and version of each reply, and whether it is a draft."""
    return [
        (each.choice, each.text, each.version, not each.is_shared)
        for each in Response.objects.order_by("pk")
    ]


@pytest.fixture
def said(world):
    """A shared question, which the cluster may reply to now."""
    world.put_into(Phase.DISCUSSING)
    return annotate(world, text="Who keeps the list?")


# Writing ----------------------------------------------------------------------------------


def test_replies_edit_shows_what_was_said_in_order(client, world, said):
    outcome = outcome_of(world.review.reflection)
    annotate(world, text="On the outcome.", outcome=outcome, choice="suggestion")
    annotate(
        world,
        text="On the criterion.",
        outcome=outcome,
        criterion=criterion_of(world.review.reflection),
    )
    find(world, text="We agree on two.")
    annotate(world, text="Private words.", shared=False)
    annotate(world, text="Words taken back.", removed_at=timezone.now())
    client.force_login(world.lead)

    page = text_of(client.get(at("replies_edit", world.review)))

    places = [
        page.index(words)
        for words in (
            "Who keeps the list?",
            "We agree on two.",
            "On the outcome.",
            "On the criterion.",
        )
    ]
    assert places == sorted(places)
    assert "Private words." not in page
    assert "Words taken back." not in page
    assert "Replies sent: 0 of 4" in page


def test_both_levels_stand_side_by_side(client, world, said):
    find(world)
    agree(world, 2)
    client.force_login(world.lead)

    page = text_of(client.get(at("replies_edit", world.review)))

    assert (
        "The cluster's own level Not answered Agreed level Level 2 Developing" in page
    )


def test_a_reply_changes_no_level(world, said):
    finding = find(world, choice="2")
    agreed = agree(world, 2)

    reply(world, finding, "disagree", "We are at three.")

    agreed.refresh_from_db()
    finding.refresh_from_db()
    assert (agreed.level, finding.choice, agreed.submitted_outcome.own_level) == (
        2,
        "2",
        None,
    )


@pytest.mark.parametrize("person", ["lead", "contributor"])
def test_replies_edit_saves(client, world, said, person):
    client.force_login(getattr(world, person))

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "Mari.", stay="1")
    )

    assert (response.status_code, stored()) == (302, [("explain", "Mari.", 1, True)])


def test_replies_edit_saves_while_typing(client, world, said):
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        sent(said, "explain", "Mae Mari yn ei gadw.", page_of=world.lead.pk),
        headers={"Accept": "application/json"},
    )

    key, found = key_of(said), response.json()
    assert response.status_code == 200
    assert (found["versions"], found["changed"]) == ({key: 1}, [key])
    assert found["languages"] == {key: "cy"}
    assert set(found["parts"]) == {f"{key}-written"}


def test_what_two_people_write_is_both_there(client, world, said):
    save_reply(world, said, "accept", "Ours.", by=world.contributor)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "disagree", "Mine.", stay="1")
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "Ours." in page
    assert "Mine." in response.content.decode()
    assert stored() == [("accept", "Ours.", 1, True)]
    assert list(
        ResponseVersion.objects.values_list("text", "refusal").order_by("pk")
    ) == [("Ours.", ""), ("Mine.", "stale")]


def test_a_conflict_while_typing_brings_the_other_text(client, world, said):
    save_reply(world, said, "accept", "Ours.", by=world.contributor)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        sent(said, "disagree", "Mine.", page_of=world.lead.pk),
        headers={"Accept": "application/json"},
    )

    found = response.json()
    assert (response.status_code, found["conflicts"]) == (409, [key_of(said)])
    assert "Ours." in found["theirs"][key_of(said)]


def test_both_texts_can_be_joined(client, world, said):
    save_reply(world, said, "accept", "Ours.", by=world.contributor)
    client.force_login(world.lead)

    client.post(
        at("replies_edit", world.review),
        sent(said, "", "Mine.", version=1, join=key_of(said)),
    )

    assert stored() == [("accept", "Mine.\n\nOurs.", 2, True)]


def test_a_text_too_long_stays_on_the_page(client, world, said):
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "x" * 10_001)
    )

    assert response.status_code == 422
    assert "x" * 10_001 in response.content.decode()
    assert stored() == []


def test_replies_to_200_remarks_are_on_several_pages(
    client, world, said, django_assert_max_num_queries
):
    Annotation.objects.bulk_create(
        Annotation(
            review=world.review,
            submission=world.submission,
            author=world.reviewer,
            voice="reviewer",
            choice="suggestion",
            text=f"Remark {number}.",
            language="en",
            shared_at=timezone.now(),
        )
        for number in range(1, 200)
    )
    client.force_login(world.lead)

    with django_assert_max_num_queries(15):
        response = client.get(at("replies_edit", world.review))

    page = text_of(response)
    assert "Replies sent: 0 of 200" in page
    assert "Page 1 of 10" in page
    assert response.content.decode().count("<textarea") == 20


def test_saving_leads_to_the_next_page_and_then_to_the_check(client, world, said):
    for number in range(20):
        annotate(world, text=f"Remark {number}.")
    client.force_login(world.lead)
    here = at("replies_edit", world.review)

    first = client.post(here, sent(said, "accept"))
    last = client.post(f"{here}?page=2", {"operation_id": OPERATION})

    assert first.headers["Location"] == f"{here}?page=2"
    assert last.headers["Location"] == at("replies_send", world.review)


@pytest.mark.parametrize("number", [1, 3])
def test_replies_edit_asks_as_many_queries_for_three(
    client, world, said, number, django_assert_num_queries
):
    for _more in range(number - 1):
        thing = annotate(world)
        reply(world, thing)
    client.force_login(world.lead)

    with django_assert_num_queries(15):
        client.get(at("replies_edit", world.review))


# Too late ---------------------------------------------------------------------------------


def test_a_phase_that_ends_while_somebody_types_keeps_the_text(client, world, said):
    world.put_into(Phase.CLOSED)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "disagree", "Too late words.")
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "Too late words." in page
    assert "The time for replies ended while you were writing." in page
    assert stored() == [("", "", 0, True)]
    history = text_of(client.get(at("replies_history", world.review)))
    assert "Too late words." in history
    assert "Not accepted: the reply could no longer be changed" in history


def test_a_script_is_told_that_it_is_too_late(client, world, said):
    world.put_into(Phase.CLOSED)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        sent(said, "disagree", "Too late.", page_of=world.lead.pk),
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 410
    assert ResponseVersion.objects.get().refusal == "closed"


def test_a_reply_that_was_sent_meanwhile_stays_as_it_was_sent(client, world, said):
    other = annotate(world, text="And another.")
    reply(world, said, "accept", by=world.contributor)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        sent(said, "disagree", "But no.") | sent(other, "explain", "Because."),
    )

    assert response.status_code == 409
    assert "But no." in text_of(response)
    assert stored() == [("accept", "", 1, False), ("explain", "Because.", 1, True)]


def test_a_remark_taken_back_meanwhile_keeps_the_reply(client, world, said):
    Annotation.objects.update(removed_at=timezone.now())
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "For nothing.")
    )

    assert response.status_code == 409
    assert "For nothing." in text_of(response)
    assert ResponseVersion.objects.get().refusal == "closed"


def test_the_words_of_a_remark_taken_back_are_nowhere(client, world, said):
    save_reply(world, said, "explain", "Our draft.")
    Annotation.objects.update(removed_at=timezone.now())
    client.force_login(world.lead)

    pages = [
        client.get(at("replies_history", world.review)),
        client.post(
            at("replies_edit", world.review), sent(said, "explain", "More.", version=1)
        ),
    ]

    name = "Question, The whole submission: Something that was taken back"
    assert [
        (page.status_code, name in text_of(page), "Who keeps" in text_of(page))
        for page in pages
    ] == [(200, True, False), (409, True, False)]


def test_what_is_too_long_stays_on_the_page_that_refuses_the_rest(client, world, said):
    other = annotate(world, text="And another.")
    world.put_into(Phase.CLOSED)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        sent(said, "explain", "x" * 10_001) | sent(other, "explain", "Short."),
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "x" * 10_001 in page
    assert "This could not be kept" in page
    assert "Short." in page


def test_what_is_too_long_stays_though_its_remark_is_out_of_sight(client, world, said):
    ReviewPhase.objects.update(cluster_replies=False)
    ReviewPhase.objects.update(cluster_sees=False)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "x" * 10_001)
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "x" * 10_001 in page
    assert "Nothing is lost" not in page


def test_a_remark_out_of_sight_meanwhile_keeps_the_reply(client, world, said):
    ReviewPhase.objects.update(cluster_replies=False)
    ReviewPhase.objects.update(cluster_sees=False)
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "For nothing.")
    )

    page = text_of(response)
    assert response.status_code == 409
    assert "For nothing." in page
    assert "Who keeps the list?" not in page


def test_a_cluster_that_withdrew_replies_no_more(client, world, said):
    ClusterReview.objects.filter(pk=world.review.pk).update(
        withdrew_at=timezone.now(), withdrew_by=world.lead
    )
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review), sent(said, "explain", "Still here.")
    )

    assert (response.status_code, stored()) == (409, [("", "", 0, True)])


def test_a_reply_to_what_was_never_shown_is_refused(client, world, said):
    private = annotate(world, shared=False)
    elsewhere = annotate(world, review=world.elsewhere)
    client.force_login(world.lead)

    found = [
        client.post(at("replies_edit", world.review), data).status_code
        for data in (
            sent(private, "accept"),
            sent(elsewhere, "accept"),
            {"operation_id": OPERATION, "reply-annotation-x-version": "0"},
            {"operation_id": "x"},
        )
    ]

    assert (found, stored()) == ([400] * 4, [])


# Sending ----------------------------------------------------------------------------------


def test_replies_send_shows_what_is_ready_and_what_is_not(client, world, said):
    lacking = annotate(world, text="What then?")
    save_reply(world, said, "accept")
    save_reply(world, lacking, "disagree")
    client.force_login(world.lead)

    page = text_of(client.get(at("replies_send", world.review)))

    assert "Who keeps the list?" in page
    assert "A reason is missing, so this reply cannot be sent yet." in page
    assert page.count("Send this reply") == 1


def send_fields(*things, version=1):
    return {f"{key_of(thing)}-send": "on" for thing in things} | {
        f"{key_of(thing)}-version": version for thing in things
    }


def test_replies_send_sends_all_or_one(client, world, said):
    other = annotate(world)
    for thing in (said, other):
        save_reply(world, thing, "accept")
    client.force_login(world.contributor)
    here = at("replies_send", world.review)

    one = client.post(f"{here}?only={key_of(said)}", send_fields(said))
    after_one = stored()
    client.post(here, send_fields(other))

    assert one.headers["Location"] == at("replies_edit", world.review)
    assert after_one == [("accept", "", 1, False), ("accept", "", 1, True)]
    assert stored() == [("accept", "", 1, False)] * 2


def test_nothing_is_sent_that_changed_after_it_was_looked_at(client, world, said):
    save_reply(world, said, "accept")
    save_reply(world, said, "explain", "Well.", base=1, by=world.contributor)
    client.force_login(world.lead)

    response = client.post(at("replies_send", world.review), send_fields(said))

    assert response.status_code == 409
    assert "nothing was sent" in text_of(response)
    assert stored() == [("explain", "Well.", 2, True)]


def test_at_least_one_is_chosen(client, world, said):
    save_reply(world, said, "accept")
    client.force_login(world.lead)

    response = client.post(at("replies_send", world.review), {})

    assert "Choose at least one reply." in text_of(response)
    assert stored() == [("accept", "", 1, True)]


@pytest.mark.parametrize("is_another_ready", [False, True])
def test_a_button_pressed_twice_sends_once(client, world, said, is_another_ready):
    save_reply(world, said, "accept")
    if is_another_ready:
        save_reply(world, annotate(world), "accept")
    client.force_login(world.lead)
    here = at("replies_send", world.review)

    presses = [client.post(here, send_fields(said)) for _press in range(2)]

    assert [each.headers["Location"] for each in presses] == [
        at("replies_edit", world.review)
    ] * 2
    assert stored()[0] == ("accept", "", 1, False)


def test_where_nothing_waits_nothing_is_sent(client, world, said):
    client.force_login(world.lead)

    response = client.post(at("replies_send", world.review), {}, follow=True)

    assert response.redirect_chain == [(at("replies_edit", world.review), 302)]
    assert "No reply is waiting to be sent" in text_of(response)


@pytest.mark.parametrize(
    ("choice", "text"), [("", "Words."), ("explain", ""), ("disagree", "  ")]
)
def test_a_reply_without_a_reason_is_not_sent(world, said, choice, text):
    save_reply(world, said, choice, text)

    with pytest.raises(services.NotReady):
        services.send_replies(
            review=world.review, seen={target_of(said): 1}, by=world.lead
        )


def test_a_reply_is_taken_back_and_sent_again(client, world, said):
    reply(world, said, "explain", "First words.")
    client.force_login(world.lead)

    response = client.post(
        at("replies_edit", world.review),
        {"operation_id": OPERATION, "take_back": key_of(said)},
    )

    assert response.status_code == 302
    assert stored() == [("explain", "First words.", 1, True)]


def test_too_late_nothing_is_sent_or_taken_back(client, world, said):
    response = reply(world, said)
    world.put_into(Phase.CLOSED)
    client.force_login(world.lead)
    here = at("replies_edit", world.review)

    posted = client.post(here, {"operation_id": OPERATION, "take_back": key_of(said)})
    check = client.get(at("replies_send", world.review))

    response.refresh_from_db()
    assert (posted.status_code, response.is_shared) == (403, True)
    assert (check.status_code, check.headers["Location"]) == (302, here)


# Who --------------------------------------------------------------------------------------

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)
AROUND = {"lead", "contributor", "officer", "national"}
REVIEWING = {"reviewer", "second_reviewer", "facilitator"}
ROUTES = ["replies_edit", "replies_send", "replies_history"]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("actor", ACTORS)
def test_who_opens_the_pages_of_replies(client, world, actor, phase):
    world.put_into(phase)
    client.force_login(getattr(world, actor))

    found = {name: client.get(at(name, world.review)).status_code for name in ROUTES}

    replies_now = phase in {Phase.DISCUSSING, Phase.AGREEING}
    if actor in {"lead", "contributor"}:
        expected = [200, 200 if replies_now else 302, 200]
    elif actor in AROUND | REVIEWING:
        expected = [200, 403, 403]
    else:
        expected = [404, 404, 404]
    assert found == dict(zip(ROUTES, expected, strict=True))


@pytest.mark.parametrize(
    "actor", [a for a in ACTORS if a not in {"lead", "contributor"}]
)
def test_nobody_else_replies(client, world, said, actor):
    client.force_login(getattr(world, actor))

    found = [
        client.post(at("replies_edit", world.review), sent(said, "accept")).status_code,
        client.post(at("replies_send", world.review), send_fields(said)).status_code,
    ]

    assert found == [403 if actor in AROUND | REVIEWING else 404] * 2
    assert stored() == []


def test_a_draft_of_a_reply_is_seen_by_the_cluster_alone(client, world, said):
    save_reply(world, said, "explain", "Canary of a draft.")

    found = {}
    for actor in ACTORS:
        client.force_login(getattr(world, actor))
        page = client.get(at("replies_edit", world.review))
        found[actor] = "Canary of a draft." in page.content.decode()

    assert {actor for actor, seen in found.items() if seen} == {"lead", "contributor"}


def test_what_was_sent_is_read_by_whoever_sees_what_it_replies_to(client, world, said):
    reply(world, said, "explain", "Words that were sent.")

    found = {}
    for actor in ACTORS:
        client.force_login(getattr(world, actor))
        page = client.get(at("replies_edit", world.review))
        found[actor] = "Words that were sent." in page.content.decode()

    assert {actor for actor, seen in found.items() if seen} == AROUND | REVIEWING


def test_an_author_who_left_is_called_a_former_member(client, world, said):
    world.group.assignments.filter(user=world.reviewer).update(
        ended_at=timezone.now(), ended_by=world.national, ending="replaced"
    )
    client.force_login(world.lead)

    page = text_of(client.get(at("replies_edit", world.review)))

    assert "Ogwr (former member, peer reviewer)" in page


def test_a_reply_to_what_was_taken_back_stays(world, said):
    reply(world, said, "explain", "Our words.")
    Annotation.objects.update(removed_at=timezone.now())

    (row,) = load_replies(world.review, reader=world.lead).rows

    assert (row.is_taken_back, row.takes_a_reply) == (True, False)
