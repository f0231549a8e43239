"""Annotating what a cluster submitted: the pages, as a browser without JavaScript asks them."""

import uuid

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments.models import ReviewAccess
from assessments.services.versions import Typed
from organisations.models import User
from peerreview.models import Annotation, AnnotationVersion, Mention
from peerreview.services import annotations as services
from peerreview.services.annotations import Remark
from tests.factories import MembershipFactory
from tests.peerreview.pages import (
    criterion_here,
    key_at,
    outcome_here,
    outcome_page,
    review_page,
    sent,
    shared,
    to_reply,
    write,
)
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"accept": "application/json"}


def history_of(annotation):
    return list(
        annotation.versions.values_list("version", "base_version", "refusal", "text")
    )


def save(world, by, text, *, number=None, base=0, kind="question", **about):
    remark = Remark(number or uuid.uuid4(), submission_number=1, **about)
    saved = services.save_annotations(
        review=world.review,
        entries=[Typed(remark, base, choice=kind, text=text)],
        language="en",
        operation_id=uuid.uuid4(),
        by=by,
    )
    return Annotation.objects.filter(key=remark.number).first(), saved


# Private, then shared --------------------------------------------------------------------


def test_an_annotation_on_a_criterion_is_private_until_shared(client, world):
    client.force_login(world.reviewer)
    criterion, outcome = criterion_here(world), outcome_here(world)
    url = outcome_page(world)

    response = write(client, url, f"criterion-{criterion.pk}", "Why\r\nso?", stay="1")

    assert response.status_code == 302
    annotation = Annotation.objects.get()
    assert (annotation.author, annotation.voice) == (world.reviewer, "reviewer")
    assert annotation.content == ("question", "Why\nso?")
    assert (annotation.outcome, annotation.criterion) == (outcome, criterion)
    assert annotation.submission == world.submission
    assert annotation not in Annotation.objects.visible_to(world.facilitator)

    data = sent(client, url, share=f"a-{annotation.key}")
    client.post(url, data)

    assert annotation in Annotation.objects.visible_to(world.facilitator)
    assert Annotation.objects.get().version == 1


@pytest.mark.parametrize("place", ["whole", "outcome"])
def test_the_whole_and_an_outcome_are_annotated_too(client, world, place):
    client.force_login(world.reviewer)
    url = review_page(world) if place == "whole" else outcome_page(world)

    write(client, url, place, "Well done.", kind="good_practice", share="key")

    annotation = Annotation.objects.get()
    assert annotation.outcome == (None if place == "whole" else outcome_here(world))
    assert annotation.criterion is None
    assert annotation.is_shared


def test_what_has_no_kind_is_saved_and_not_shared(client, world):
    client.force_login(world.reviewer)

    response = write(
        client, outcome_page(world), "outcome", "Hm.", kind="", share="key"
    )

    assert response.status_code == 422
    assert "Choose a kind." in response.content.decode()
    assert "Hm." in response.content.decode()
    annotation = Annotation.objects.get()
    assert (annotation.text, annotation.is_shared) == ("Hm.", False)


def test_all_of_ones_own_are_shared_at_once(client, world):
    first, _ = save(world, world.reviewer, "One.")
    second, _ = save(world, world.reviewer, "Two.", outcome_id=outcome_here(world).pk)
    unfinished, _ = save(world, world.reviewer, "Three.", kind="")
    others, _ = save(world, world.second_reviewer, "Four.")
    client.force_login(world.reviewer)

    page = review_page(world)
    client.post(page, sent(client, page, share_all="1"))

    assert set(Annotation.objects.exclude(shared_at=None)) == {first, second}
    assert {unfinished, others} == set(Annotation.objects.filter(shared_at=None))


def test_what_others_see_is_not_left_without_words(client, world):
    annotation = shared(world, world.reviewer)
    client.force_login(world.reviewer)
    url = f"{outcome_page(world)}?edit={annotation.pk}"
    key = f"a-{annotation.key}"

    response = client.post(url, sent(client, url) | {f"{key}-text": " "})

    assert response.status_code == 422
    assert Annotation.objects.get().text == "A remark."
    with pytest.raises(services.Unfinished):
        save(world, world.reviewer, "", number=annotation.key, base=1)


def test_its_author_changes_what_is_shared(client, world):
    annotation = shared(world, world.reviewer)
    client.force_login(world.reviewer)
    url = f"{outcome_page(world)}?edit={annotation.pk}"
    key = f"a-{annotation.key}"

    client.post(url, sent(client, url) | {f"{key}-text": "Better said."})

    annotation.refresh_from_db()
    assert (annotation.text, annotation.version) == ("Better said.", 2)
    page = review_page(world, "annotation_history", annotation=annotation.key)
    assert "Better said." in client.get(page).content.decode()


def test_what_others_see_is_changed_by_its_button_alone(client, world):
    annotation = shared(world, world.reviewer)
    client.force_login(world.reviewer)
    url = f"{outcome_page(world)}?edit={annotation.pk}"
    key = f"a-{annotation.key}"
    page = client.get(url).content.decode()
    data = sent(client, url) | {f"{key}-text": "Half ty"}
    data[f"{key}-shown"] = data.pop(f"{key}-version")

    by_script = client.post(url, data, headers=BY_SCRIPT)
    annotation.refresh_from_db()
    text_before = annotation.text
    by_button = client.post(url, data | {f"{key}-text": "Typed.", "stay": key})
    annotation.refresh_from_db()

    assert f'name="{key}-version"' not in page
    assert f'name="{key}-shown" value="1"' in page
    assert f'data-cancels="{key}"' in page
    assert by_script.status_code == 422
    assert list(by_script.json()["errors"]) == [f"{key}-text"]
    assert text_before == "A remark."
    assert annotation.text == "Typed."
    assert by_button.headers["Location"].endswith(f"#annotation-{annotation.pk}")
    assert "Saved at" in client.get(url).content.decode()


def test_what_was_never_shared_is_put_aside(client, world):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    write(client, url, "outcome", "A thought.", stay="1")
    client.get(url)

    client.post(url, sent(client, url, take_back=Annotation.objects.get().pk))

    assert "Put aside. Only you can see it." in client.get(url).content.decode()


def test_nobody_changes_the_words_of_somebody_else(client, world):
    annotation = shared(world, world.reviewer)
    client.force_login(world.facilitator)
    key, url = f"a-{annotation.key}", outcome_page(world)
    data = sent(client, url) | {
        f"{key}-version": 1,
        f"{key}-choice": "question",
        f"{key}-text": "Not mine.",
        f"{key}-place": "outcome",
    }

    response = client.post(url, data)

    assert response.status_code == 403
    annotation.refresh_from_db()
    assert (annotation.text, annotation.version) == ("A remark.", 1)
    for by in (world.facilitator, world.second_reviewer, world.lead, world.officer):
        with pytest.raises(PermissionDenied):
            save(world, by, "Not mine.", number=annotation.key, base=1)
        with pytest.raises(PermissionDenied):
            services.take_back_annotation(annotation=annotation, by=by)
        with pytest.raises(PermissionDenied):
            services.share_annotations(
                review=world.review, by=by, numbers=[annotation.key]
            )
    page = review_page(world, "annotation_history", annotation=annotation.key)
    assert client.get(page).status_code == 404


def test_a_place_of_another_review_or_edition_is_refused(world):
    elsewhere = shared(world, world.outsider, review=world.elsewhere, outcome=None)
    criterion = criterion_here(world)

    for about in (
        {"parent_id": elsewhere.pk},
        {"outcome_id": 10**6},
        {"criterion_id": criterion.pk, "outcome_id": criterion.outcome_id + 1},
    ):
        kind = "" if "parent_id" in about else "question"
        with pytest.raises(services.ForeignPlace):
            save(world, world.reviewer, "Where?", kind=kind, **about)
    assert Annotation.objects.count() == 1


# Two tabs --------------------------------------------------------------------------------


@pytest.fixture
def two_tabs(client, world):
    """What two tabs send that were opened at the same time, at an annotation of one's own."""
    annotation, _ = save(
        world, world.reviewer, "Before.", outcome_id=outcome_here(world).pk
    )
    client.force_login(world.reviewer)
    url = outcome_page(world)
    before = sent(client, url)
    key = f"a-{annotation.key}"
    client.post(url, before | {f"{key}-text": "In one tab."})
    other = {"operation_id": str(uuid.uuid4()), f"{key}-text": "In the other."}
    return annotation, url, before | other


def test_two_tabs_of_one_author_show_both_texts(client, two_tabs):
    annotation, url, data = two_tabs

    response = client.post(url, data)

    assert response.status_code == 409
    page = response.content.decode()
    assert "In one tab." in page
    assert "In the other." in page
    assert history_of(annotation) == [
        (1, 0, "", "Before."),
        (2, 1, "", "In one tab."),
        (None, 1, "stale", "In the other."),
    ]


@pytest.mark.parametrize(
    ("button", "text"),
    [
        ("keep_mine", "In the other."),
        ("use_theirs", "In one tab."),
        ("join", "In the other.\n\nIn one tab."),
    ],
)
def test_a_conflict_is_settled_by_a_button(client, two_tabs, button, text):
    annotation, url, data = two_tabs
    key = f"a-{annotation.key}"
    form = client.post(url, data).context["form"]
    again = {
        field.html_name: field.value() for field in form if field.value() is not None
    }

    response = client.post(url, again | {f"{key}-base": 1, button: key})

    annotation.refresh_from_db()
    assert response.status_code == 302
    assert annotation.text == text


def test_a_script_saves_what_changed_and_is_told_of_a_conflict(client, two_tabs):
    annotation, url, data = two_tabs
    key = f"a-{annotation.key}"
    some = {
        name: value
        for name, value in data.items()
        if name.startswith(key) or name == "operation_id"
    }

    refused = client.post(url, some, headers=BY_SCRIPT)
    accepted = client.post(
        url,
        some | {f"{key}-version": 2, "operation_id": str(uuid.uuid4())},
        headers=BY_SCRIPT,
    )

    assert refused.status_code == 409
    assert refused.json()["conflicts"] == [key]
    assert "In one tab." in refused.json()["theirs"][key]
    assert accepted.status_code == 200
    assert accepted.json()["versions"] == {key: 3}
    assert accepted.json()["changed"] == [key]
    assert accepted.json()["languages"] == {key: "en"}


def test_the_same_number_twice_is_saved_once(world):
    number, operation = uuid.uuid4(), uuid.uuid4()
    for _ in range(2):
        services.save_annotations(
            review=world.review,
            entries=[
                Typed(
                    Remark(number, submission_number=1),
                    0,
                    choice="question",
                    text="Once.",
                )
            ],
            language="en",
            operation_id=operation,
            by=world.reviewer,
        )

    assert history_of(Annotation.objects.get()) == [(1, 0, "", "Once.")]


def test_an_empty_field_keeps_its_number_until_it_is_used(client, world):
    """So that a device finds the field again of what never reached the server."""
    client.force_login(world.reviewer)
    url = outcome_page(world)

    keys = [key_at(sent(client, url), "outcome") for _ in range(2)]
    write(client, url, "outcome", "Used.", stay="1")
    after = key_at(sent(client, url), "outcome")
    client.force_login(world.second_reviewer)
    others = key_at(sent(client, url), "outcome")

    assert keys[0] == keys[1]
    assert len({keys[0], after, others}) == 3


# A phase that ends -----------------------------------------------------------------------


def test_a_phase_that_ends_keeps_the_text_and_tells(client, world):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url)
    key = key_at(data, "outcome")
    data |= {f"{key}-text": "Typed too late.", f"{key}-choice": "question"}
    world.put_into(Phase.AGREEING)

    response = client.post(url, data)
    by_script = client.post(url, data, headers=BY_SCRIPT)

    assert response.status_code == 409
    assert "Typed too late." in response.content.decode()
    assert by_script.status_code == 410
    annotation = Annotation.objects.get()
    assert history_of(annotation) == [(None, 0, "closed", "Typed too late.")]
    assert (annotation.text, annotation.version) == ("", 0)


@pytest.mark.parametrize("way", ["closed", "declined", "member"])
def test_whoever_is_no_reviewer_any_more_keeps_what_they_typed(client, world, way):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url)
    key = key_at(data, "outcome")
    data |= {f"{key}-text": "Typed too late.", f"{key}-choice": "question"}
    now = timezone.now()
    access = ReviewAccess.objects.filter(
        user=world.reviewer, reflection=world.review.reflection
    )
    match way:
        case "closed":
            world.put_into(Phase.CLOSED)
            access.update(ends_at=now)
        case "declined":
            access.update(ends_at=now)
            world.group.assignments.filter(user=world.reviewer).update(
                ended_at=now, ended_by=world.reviewer, ending="declined"
            )
        case "member":
            MembershipFactory(
                user=world.reviewer,
                cluster=world.review.reflection.cluster,
                role="contributor",
            )

    response = client.post(url, data)

    assert response.status_code == 409
    assert "Typed too late." in response.content.decode()
    assert list(
        AnnotationVersion.objects.values_list("refusal", "text", "written__voice")
    ) == [("closed", "Typed too late.", "cluster" if way == "member" else "reviewer")]
    # Without words there is nothing to keep, and nothing is shown.
    empty = client.post(url, {})
    assert empty.status_code == (302 if way == "member" else 404)


def test_after_signing_out_the_typed_text_comes_back_to_be_sent_again(client, world):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url, stay="1")
    key = key_at(data, "outcome")
    data |= {f"{key}-text": "Typed after the end.", f"{key}-choice": "question"}
    client.logout()

    response = client.post(url, data)

    assert response.status_code == 403
    page = response.content.decode()
    assert page.count("<textarea") + page.count('type="text"') == 1
    assert "Typed after the end." in page


def test_what_was_begun_is_still_read_when_nothing_is_annotated(client, world):
    save(world, world.reviewer, "Begun.", outcome_id=outcome_here(world).pk)
    world.put_into(Phase.AGREEING)
    client.force_login(world.reviewer)

    page = client.get(outcome_page(world))

    assert "Begun." in page.content.decode()
    assert "<textarea" not in page.content.decode()


# Replies ---------------------------------------------------------------------------------


def test_a_reply_is_private_while_it_is_typed_and_seen_when_sent(client, world):
    root = shared(world, world.reviewer)
    client.force_login(world.facilitator)
    url = outcome_page(world)

    write(client, url, f"reply-{root.pk}", "I can answer that.", stay="1")
    reply = Annotation.objects.get(parent=root)
    before = reply in Annotation.objects.visible_to(world.reviewer)
    client.post(url, sent(client, url, share=f"a-{reply.key}"))

    assert (before, reply in Annotation.objects.visible_to(world.reviewer)) == (
        False,
        True,
    )
    assert (reply.voice, reply.outcome, reply.choice) == (
        "facilitator",
        root.outcome,
        "",
    )


@pytest.mark.parametrize(
    ("phase", "replies"),
    [(Phase.ANNOTATING, False), (Phase.DISCUSSING, True), (Phase.AGREEING, True)],
)
@pytest.mark.parametrize("actor", ["lead", "contributor"])
def test_the_clusters_people_reply_when_the_phase_lets_them(
    client, world, phase, replies, actor
):
    root = shared(world, world.reviewer)
    world.put_into(phase)
    client.force_login(getattr(world, actor))

    url = to_reply(client, outcome_page(world), f"reply-{root.pk}")
    places = [
        value for name, value in sent(client, url).items() if name.endswith("-place")
    ]

    assert places == ([f"reply-{root.pk}"] if replies else [])
    if replies:
        write(
            client, outcome_page(world), f"reply-{root.pk}", "We explain.", share="key"
        )
        reply = Annotation.objects.get(parent=root)
        assert (reply.voice, reply.is_shared) == ("cluster", True)
        # Annotations of their own they do not write.
        with pytest.raises(PermissionDenied):
            services.share_annotations(review=world.review, by=getattr(world, actor))
        _, saved = save(world, getattr(world, actor), "Ours.")
        assert [entry.text for entry in saved.closed] == ["Ours."]


def test_a_reply_to_what_was_taken_back_meanwhile_is_kept(client, world):
    world.put_into(Phase.DISCUSSING)
    root = shared(world, world.reviewer)
    client.force_login(world.lead)
    url = to_reply(client, outcome_page(world), f"reply-{root.pk}")
    data = sent(client, url)
    data[f"{key_at(data, f'reply-{root.pk}')}-text"] = "But why?"
    services.take_back_annotation(annotation=root, by=world.reviewer)

    response = client.post(url, data)

    assert response.status_code == 409
    assert "But why?" in response.content.decode()


# Resolving and taking back ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        ("reviewer", True),
        ("facilitator", True),
        ("second_reviewer", False),
        ("lead", False),
        ("officer", False),
        ("national", False),
    ],
)
def test_its_author_and_the_facilitator_resolve(client, world, actor, allowed):
    world.put_into(Phase.DISCUSSING)
    root = shared(world, world.reviewer)
    by = getattr(world, actor)
    client.force_login(by)

    response = client.post(outcome_page(world), {"resolve": root.pk})

    root.refresh_from_db()
    assert (response.status_code, root.is_resolved) == (
        (302, True) if allowed else (403, False)
    )
    if allowed:
        undo = client.get(response.headers["Location"]).context["undo"]
        assert (undo["name"], undo["value"]) == ("reopen", str(root.pk))
        client.post(outcome_page(world), {"reopen": root.pk})
        root.refresh_from_db()
        assert not root.is_resolved
        assert list(root.resolutions.values_list("is_resolved", "by")) == [
            (True, by.pk),
            (False, by.pk),
        ]


def test_taking_back_is_undone(client, world):
    world.put_into(Phase.DISCUSSING)
    root = shared(world, world.reviewer)
    client.force_login(world.reviewer)
    url = outcome_page(world)

    client.post(url, {"take_back": root.pk})
    client.force_login(world.lead)
    for_others = client.get(url).content.decode()
    client.force_login(world.reviewer)
    for_its_author = client.get(url).content.decode()
    client.post(url, {"put_back": root.pk})

    assert ("A remark." in for_others, "A remark." in for_its_author) == (False, True)
    root.refresh_from_db()
    assert (root.removed_at, root.is_shared) == (None, True)


def test_what_others_replied_to_is_not_taken_back(client, world):
    root = shared(world, world.reviewer)
    reply = shared(
        world, world.facilitator, parent=root, choice="", voice="facilitator"
    )
    client.force_login(world.reviewer)

    page = client.get(outcome_page(world)).content.decode()
    client.post(outcome_page(world), {"take_back": root.pk}, follow=True)

    assert f'name="take_back" value="{root.pk}"' not in page
    root.refresh_from_db()
    assert root.removed_at is None
    services.take_back_annotation(annotation=reply, by=world.facilitator)
    services.take_back_annotation(annotation=root, by=world.reviewer)


# Mentions --------------------------------------------------------------------------------


def test_a_colleague_is_told_once_it_is_shared(
    client, world, django_capture_on_commit_callbacks
):
    world.put_into(Phase.DISCUSSING)
    User.objects.filter(pk=world.lead.pk).update(email_rhythm="at_once")
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url)
    key = key_at(data, "outcome")
    data |= {f"{key}-text": "Secret words.", f"{key}-choice": "question"}
    data |= {
        f"{key}-mentions": "1",
        f"{key}-mention": [world.lead.pk, world.officer.pk],
    }

    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, data)
    before = len(mail.outbox)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, sent(client, url, share=key))

    assert before == 0
    assert list(Mention.objects.values_list("user", flat=True)) == [world.lead.pk]
    [letter] = mail.outbox
    assert letter.to == [world.lead.email]
    assert outcome_page(world).removeprefix("/en") in letter.body
    assert "Secret words." not in letter.body


def test_a_mention_is_taken_back_before_it_is_shared(client, world):
    world.put_into(Phase.DISCUSSING)
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url)
    key = key_at(data, "outcome")
    data |= {f"{key}-text": "For you.", f"{key}-mentions": "1"}
    client.post(url, data | {f"{key}-mention": [world.lead.pk]})
    before = Mention.objects.count()

    again = sent(client, url) | {f"{key}-mentions": "1"}
    again.pop(f"{key}-mention")
    client.post(url, again)

    assert (before, Mention.objects.count()) == (1, 0)


def test_nobody_is_told_of_what_they_cannot_see(
    world, django_capture_on_commit_callbacks
):
    world.put_into(Phase.DISCUSSING)
    number = uuid.uuid4()
    save(world, world.reviewer, "For you.", number=number)
    annotation = Annotation.objects.get()
    Mention.objects.create(annotation=annotation, user=world.lead)
    Mention.objects.create(annotation=annotation, user=world.outsider)
    world.put_into(Phase.READING)

    with django_capture_on_commit_callbacks(execute=True):
        services.share_annotations(review=world.review, by=world.reviewer)

    assert mail.outbox == []


# Former members --------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["inactive", "replaced"])
def test_a_removed_persons_annotations_say_former_member(client, world, way):
    world.put_into(Phase.DISCUSSING)
    shared(world, world.reviewer)
    client.force_login(world.lead)
    url = outcome_page(world)
    before = client.get(url).content.decode()
    if way == "inactive":
        type(world.reviewer).objects.filter(pk=world.reviewer.pk).update(
            is_active=False
        )
    else:
        world.group.assignments.filter(user=world.reviewer).update(
            ended_at=timezone.now(), ended_by=world.national, ending="replaced"
        )

    page = client.get(url).content.decode()

    assert ("Former member" in before, "Former member" in page) == (False, True)
    assert "A remark." in page
    assert world.reviewer.name not in page
