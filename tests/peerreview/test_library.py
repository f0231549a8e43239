"""The library of good practice: finding, sharing with consent, withdrawing, asking."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone, translation

from assessments.models import Question
from assessments.services import withdraw
from notifications.models import Message
from organisations.models import FormerName, Membership, Succession, User
from peerreview.models import ContactRequest, GoodPractice, ReviewRound
from peerreview.selectors.practice import choices
from peerreview.services import practice as services
from tests.factories import ClusterFactory, MembershipFactory, UserFactory
from tests.peerreview.said import agree, annotate, at, share, text_of
from tests.peerreview.world import Phase
from tests.steps import entry, outcome_of, question_subject, save, submit

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)
OTHERS = [actor for actor in ACTORS if actor not in {"lead", "contributor"}]


def url(name, practice=None):
    return reverse(
        f"peerreview:{name}", kwargs={"practice": practice.pk} if practice else {}
    )


@pytest.fixture
def called_good(world):
    """A remark that the cluster may share now."""
    world.put_into(Phase.AGREEING)
    return annotate(
        world,
        text="Weekly rounds.",
        choice="good_practice",
        outcome=outcome_of(world.review.reflection),
    )


def fields(world, **changes):
    return {
        "title": "Cyfarfod bob wythnos",
        "text": "Mae'r tîm yn cwrdd bob wythnos.",
        "written_in": "",
        "contact": world.lead.pk,
        "consent": "on",
        "version": 0,
    } | changes


# The list ---------------------------------------------------------------------------------


def titles(client, **asked):
    page = client.get(url("library_list"), asked)
    return [entry.title for entry, _name in page.context["found"]]


@pytest.fixture
def three(world):
    """Entries of three clusters, at three levels."""
    signs = outcome_of(world.review.reflection, module="SIGNS")
    share(world, title="Tŷ agored", level=1)
    share(
        world,
        title="Llyfr nodiadau",
        text="Cwmbrân comes too.",
        level=3,
        cluster=world.others[0].reflection.cluster,
        contact=world.reviewer,
    )
    share(
        world,
        title="Signs of progress",
        cluster=world.others[1].reflection.cluster,
        annotation=annotate(world, choice="good_practice", outcome=signs),
        contact=world.second_reviewer,
    )
    return world


def test_library_list_is_in_the_order_of_the_framework(client, three):
    client.force_login(three.unassigned)

    assert titles(client) == ["Llyfr nodiadau", "Tŷ agored", "Signs of progress"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "ty"}, ["Tŷ agored"]),
        ({"q": "CWMBRAN nodiadau"}, ["Llyfr nodiadau"]),
        ({"q": "nothing like it"}, []),
        ({"outcome": "SIGNS-1"}, ["Signs of progress"]),
        ({"outcome": "LEVELS-1", "level": "3"}, ["Llyfr nodiadau"]),
        ({"level": "none"}, ["Signs of progress"]),
        ({"board": "7A9"}, ["Signs of progress"]),
        ({"level": "x", "board": "x", "outcome": "x-1"}, None),
        ({"q": "a" * 300}, None),
    ],
)
def test_library_list_is_narrowed(client, three, asked, expected):
    client.force_login(three.officer)

    everything = ["Llyfr nodiadau", "Tŷ agored", "Signs of progress"]
    assert titles(client, **asked) == (everything if expected is None else expected)


def test_library_list_keeps_the_filters_from_page_to_page(client, world):
    for number in range(21):
        share(world, title=f"Entry {number}", level=2)
    client.force_login(world.national)

    page = client.get(url("library_list"), {"level": "2"})

    assert len(page.context["found"]) == 20
    assert "?level=2&amp;page=2" in page.content.decode()
    assert len(titles(client, level="2", page="2")) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_library_list_asks_as_many_queries_for_three(
    client, three, number, django_assert_num_queries
):
    GoodPractice.objects.filter(
        pk__in=GoodPractice.objects.values_list("pk", flat=True)[number:]
    ).delete()
    client.force_login(three.unassigned)

    with django_assert_num_queries(9):
        client.get(url("library_list"))


def test_what_the_library_is_narrowed_by_reads_no_entry(three, monkeypatch):
    def from_db(*row):
        raise AssertionError("an entry was read")

    monkeypatch.setattr(GoodPractice, "from_db", from_db)

    with translation.override("en"):
        found = choices(three.unassigned)

    assert ([key for key, _name in found.outcomes], found.levels) == (
        ["LEVELS-1", "SIGNS-1"],
        [1, 3],
    )
    assert {code for code, _name in found.boards} == {
        three.review.cluster.health_board.code,
        "7A9",
    }


@pytest.mark.parametrize("actor", ACTORS)
def test_whoever_is_something_to_somebody_reads_the_library(client, three, actor):
    client.force_login(getattr(three, actor))

    found = (
        client.get(url("library_list")).status_code,
        len(titles(client)),
        client.get(url("practice_detail", GoodPractice.objects.first())).status_code,
    )

    assert found == (200, 3, 200)


def test_somebody_without_a_role_does_not(client, three):
    client.force_login(UserFactory())

    assert [
        client.get(url("library_list")).status_code,
        client.get(url("practice_detail", GoodPractice.objects.first())).status_code,
    ] == [403, 403]


# An entry ---------------------------------------------------------------------------------


def test_a_cluster_keeps_the_name_that_it_had(client, world):
    practice = share(world)
    FormerName.objects.create(
        cluster=practice.cluster,
        name_cy="Hen Enw",
        name_en="Old Name",
        renamed_by=world.national,
        renamed_at=timezone.now() + datetime.timedelta(seconds=1),
    )
    client.force_login(world.unassigned)

    page = text_of(client.get(url("practice_detail", practice)))

    assert "Cluster Old Name" in page
    assert "Old Name" in text_of(client.get(url("library_list")))


def test_who_carries_on_for_a_cluster_stands_in_and_keeps_its_entries(client, world):
    practice = share(world)
    successor = ClusterFactory(name_en="New Cluster")
    next_lead = UserFactory(name="Nesta", lead_of=successor)
    Succession.objects.create(
        predecessor=practice.cluster,
        successor=successor,
        kind="merged",
        effective_on=timezone.localdate(),
        decided_by=world.national,
    )
    Membership.objects.filter(cluster=practice.cluster).update(ended_at=timezone.now())
    client.force_login(next_lead)

    page = text_of(client.get(url("practice_detail", practice)))
    client.post(url("practice_withdraw", practice))

    practice.refresh_from_db()
    assert "Carried on by: New Cluster" in page
    assert "Contact Nesta The contact who was named no longer works" in page
    assert practice.withdrawn_by == next_lead
    assert client.get(url("practice_detail", practice)).status_code == 200


@pytest.mark.parametrize("way", ["left", "inactive"])
def test_the_leads_stand_in_for_a_contact_who_is_gone(client, world, way):
    practice = share(world, contact=world.contributor)
    if way == "left":
        world.contributor.memberships.update(ended_at=timezone.now())
    else:
        type(world.contributor).objects.filter(pk=world.contributor.pk).update(
            is_active=False
        )
    client.force_login(world.unassigned)

    page = text_of(client.get(url("practice_detail", practice)))

    assert f"Contact {world.lead} The contact who was named no longer works" in page


def test_practice_detail_shows_requests_to_its_contact_and_the_leads(client, world):
    other = MembershipFactory(
        user=UserFactory(), cluster=world.review.reflection.cluster, role="contributor"
    ).user
    practice = share(world, contact=world.contributor)
    ContactRequest.objects.create(
        good_practice=practice,
        by=world.unassigned,
        text="Canary of a request.",
        language="en",
    )

    found = {}
    for actor in (*ACTORS, "other"):
        client.force_login(other if actor == "other" else getattr(world, actor))
        page = client.get(url("practice_detail", practice)).content.decode()
        found[actor] = "Canary of a request." in page

    # Whoever asked sees it as their own.
    assert {actor for actor, seen in found.items() if seen} == {
        *("lead", "contributor", "unassigned")
    }


@pytest.mark.parametrize("number", [1, 3])
def test_practice_detail_asks_as_many_queries_for_three_requests(
    client, world, number, django_assert_num_queries
):
    practice = share(world)
    for _more in range(number):
        ContactRequest.objects.create(good_practice=practice, by=UserFactory())
    client.force_login(world.lead)

    with django_assert_num_queries(8):
        client.get(url("practice_detail", practice))


# Sharing ----------------------------------------------------------------------------------


def test_practice_add_shares_with_consent(client, world, called_good):
    agree(world, 2)
    client.force_login(world.lead)
    here = at("practice_add", world.review, annotation=called_good.key)

    page = client.get(here)
    response = client.post(here, fields(world))

    practice = GoodPractice.objects.get()
    assert "everyone with a role in this service can read this" in text_of(page)
    assert page.context["form"].initial["contact"] == str(world.lead.pk)
    assert response.headers["Location"] == url("practice_detail", practice)
    assert (
        practice.cluster,
        practice.outcome,
        practice.level,
        practice.language,
        practice.contact,
        practice.consented_by,
    ) == (
        world.review.reflection.cluster,
        called_good.outcome,
        2,
        "cy",
        world.lead,
        world.lead,
    )


def test_practice_add_never_shows_the_own_level_where_none_was_agreed(client, world):
    world.put_into(Phase.AGREEING)
    reflection = world.review.reflection
    withdraw(reflection=reflection, by=world.lead)
    level = entry(question_subject(reflection, Question.OWN_LEVEL), choice="1")
    save(reflection, level, by=world.lead)
    called_good = annotate(
        world,
        choice="good_practice",
        outcome=outcome_of(reflection),
        submission=submit(reflection, by=world.lead),
    )
    client.force_login(world.lead)

    here = at("practice_add", world.review, annotation=called_good.key)

    page = text_of(client.get(here))
    client.post(here, fields(world))

    practice = GoodPractice.objects.get()
    client.force_login(world.unassigned)
    assert practice.level is None
    assert "They do not see the cluster's own level." in page
    assert "Level when it was shared" not in text_of(
        client.get(url("practice_detail", practice))
    )


def test_practice_add_on_the_whole_asks_for_an_outcome(client, world, called_good):
    whole = annotate(world, choice="good_practice")
    client.force_login(world.lead)
    here = at("practice_add", world.review, annotation=whole.key)

    without = client.post(here, fields(world))
    client.post(here, fields(world, outcome=called_good.outcome.pk))

    assert "Choose an outcome." in text_of(without)
    assert GoodPractice.objects.get().outcome == called_good.outcome


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"consent": ""},
            "It can be shared only if the cluster and its contact agree.",
        ),
        ({"title": ""}, "Give it a title."),
        ({"text": "  "}, "Say what the cluster does."),
        ({"contact": ""}, "Choose a person."),
        ({"contact": "0"}, "Select a valid choice."),
    ],
)
def test_practice_add_says_what_is_missing(client, world, called_good, changes, error):
    client.force_login(world.lead)

    response = client.post(
        at("practice_add", world.review, annotation=called_good.key),
        fields(world, **changes),
    )

    assert error in text_of(response)
    assert GoodPractice.objects.count() == 0


def test_practice_add_changes_language_with_what_was_typed(client, world, called_good):
    client.force_login(world.lead)
    with translation.override("cy"):
        here = at("practice_add", world.review, annotation=called_good.key)

    response = client.post(here, fields(world, title="Half", switch_to="cy"))

    assert 'value="Half"' in response.content.decode()
    assert GoodPractice.objects.count() == 0


def test_what_is_shared_already_is_shared_once(client, world, called_good):
    practice = share(world, annotation=called_good)
    client.force_login(world.lead)
    here = at("practice_add", world.review, annotation=called_good.key)

    page = client.get(here)
    response = client.post(here, fields(world, text="Words of the second."))

    assert page.headers["Location"] == url("practice_edit", practice)
    assert response.status_code == 409
    assert "Words of the second." in response.content.decode()


def test_a_button_pressed_twice_shares_and_changes_once(client, world, called_good):
    client.force_login(world.lead)
    here = at("practice_add", world.review, annotation=called_good.key)

    added = [client.post(here, fields(world)).status_code for _press in range(2)]
    practice = GoodPractice.objects.get()
    changed = [
        client.post(
            url("practice_edit", practice), fields(world, title="New", version=1)
        ).status_code
        for _press in range(2)
    ]

    practice.refresh_from_db()
    assert (added, changed) == ([302, 302], [302, 302])
    assert (practice.title, practice.version) == ("New", 2)


def test_the_same_words_of_somebody_else_are_not_shared_for_them(world, called_good):
    said = {"title": "T", "text": "T", "language": "en", "contact": world.lead}
    share(world, annotation=called_good, consented_by=world.contributor, **said)

    with pytest.raises(services.SharedAlready):
        services.share_practice(
            annotation=called_good, outcome=called_good.outcome, by=world.lead, **said
        )


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_share(client, world, actor, phase):
    world.put_into(phase)
    called_good = annotate(
        world, choice="good_practice", outcome=outcome_of(world.review.reflection)
    )
    client.force_login(getattr(world, actor))
    here = at("practice_add", world.review, annotation=called_good.key)

    found = [
        client.get(here).status_code,
        client.post(here, fields(world)).status_code,
    ]

    is_seen = phase not in {Phase.READING, Phase.ANNOTATING}
    around = {"lead", "contributor", "officer", "national"}
    seeing = (
        (around | {"reviewer", "second_reviewer", "facilitator"})
        if is_seen
        else {
            "reviewer",
            "facilitator",
        }
    )
    if actor == "lead" and is_seen:
        assert found == [200, 302]
    else:
        assert found == [403 if actor in seeing else 404] * 2


@pytest.mark.parametrize(
    "said",
    [
        {"choice": "question"},
        {"shared": False},
        {"removed_at": timezone.now()},
    ],
    ids=["question", "private", "taken back"],
)
def test_only_what_was_called_good_practice_is_shared(client, world, called_good, said):
    other = annotate(
        world, **({"choice": "good_practice", "outcome": called_good.outcome} | said)
    )
    client.force_login(world.lead)

    found = client.get(at("practice_add", world.review, annotation=other.key))

    assert found.status_code == 404
    with pytest.raises(services.NotGoodPractice):
        services.share_practice(
            annotation=other,
            outcome=called_good.outcome,
            title="T",
            text="T",
            language="en",
            contact=world.lead,
            by=world.lead,
        )


def test_a_contact_works_in_the_cluster(world, called_good):
    with pytest.raises(services.NobodyThere):
        services.share_practice(
            annotation=called_good,
            outcome=called_good.outcome,
            title="T",
            text="T",
            language="en",
            contact=world.reviewer,
            by=world.lead,
        )


# Changing and withdrawing -----------------------------------------------------------------


def test_practice_edit_changes_the_words(client, world):
    practice = share(world)
    client.force_login(world.lead)

    client.post(
        url("practice_edit", practice),
        fields(world, version=1, contact=world.contributor.pk),
    )

    practice.refresh_from_db()
    assert (practice.title, practice.contact, practice.version) == (
        "Cyfarfod bob wythnos",
        world.contributor,
        2,
    )


def test_practice_edit_never_writes_over_anothers_words(client, world):
    practice = share(world)
    GoodPractice.objects.update(text="Somebody's words.", version=2)
    client.force_login(world.lead)
    here = url("practice_edit", practice)

    response = client.post(here, fields(world, version=1, text="My words."))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody&#x27;s words." in page
    assert "My words." in page
    client.post(here, fields(world, version=2, text="My words."))
    assert GoodPractice.objects.get().text == "My words."


def test_practice_withdraw_takes_it_out_of_sight_at_once(client, world):
    practice = share(world)
    ContactRequest.objects.create(good_practice=practice, by=world.unassigned)
    client.force_login(world.lead)

    got = client.get(url("practice_withdraw", practice))
    untouched = GoodPractice.objects.get().withdrawn_at
    client.post(url("practice_withdraw", practice))

    found = {}
    for actor in ACTORS:
        client.force_login(getattr(world, actor))
        found[actor] = [
            client.get(url("practice_detail", practice)).status_code,
            len(titles(client)),
        ]
    assert (got.headers["Location"], untouched) == (
        url("practice_detail", practice),
        None,
    )
    assert found == {
        actor: [200 if actor in {"lead", "contributor"} else 404, 0] for actor in ACTORS
    }
    assert ContactRequest.objects.count() == 1


def test_practice_edit_shares_again_what_was_withdrawn(client, world):
    practice = share(world)
    services.withdraw_practice(practice=practice, by=world.lead)
    agree(world, 3)
    client.force_login(world.lead)
    here = url("practice_edit", practice)

    without = client.post(here, fields(world, version=2, consent=""))
    client.post(here, fields(world, version=2))

    practice.refresh_from_db()
    assert "It can be shared only if" in text_of(without)
    assert (practice.withdrawn_at, practice.level) == (None, 3)


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "lead"])
def test_nobody_but_who_leads_the_cluster_changes_an_entry(client, world, actor):
    practice = share(world)
    client.force_login(getattr(world, actor))

    found = [
        client.get(url("practice_edit", practice)).status_code,
        client.post(url("practice_edit", practice), fields(world)).status_code,
        client.post(url("practice_withdraw", practice)).status_code,
    ]

    practice.refresh_from_db()
    assert (found, practice.version) == ([403] * 3, 1)


# Asking -----------------------------------------------------------------------------------


def asked_count():
    return Message.objects.filter(kind="contact_asked").count()


def test_contact_ask_tells_the_contact(
    client, world, django_capture_on_commit_callbacks
):
    practice = share(world, contact=world.contributor, title="Canary of a title")
    User.objects.filter(pk=world.contributor.pk).update(email_rhythm="at_once")
    client.force_login(world.unassigned)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            url("contact_ask", practice),
            {"text": "Canary of a request.", "written_in": "en"},
        )

    message = Message.objects.get(kind="contact_asked")
    said = ContactRequest.objects.values_list("by", "text", "language")
    assert (message.kind, message.recipient) == ("contact_asked", world.contributor)
    assert list(said) == [(world.unassigned.pk, "Canary of a request.", "en")]
    (sent,) = mail.outbox
    assert "Canary" not in f"{sent.subject}{sent.body}{sent.alternatives}"
    assert url("practice_detail", practice) in sent.body
    assert str(world.unassigned) in sent.body


def test_contact_ask_tells_the_lead_where_the_contact_is_gone(client, world):
    practice = share(world, contact=world.contributor)
    world.contributor.memberships.update(ended_at=timezone.now())
    client.force_login(world.unassigned)

    client.post(url("contact_ask", practice), {"text": "", "written_in": ""})

    assert Message.objects.get(kind="contact_asked").recipient == world.lead


def test_contact_ask_is_once_a_person(client, world):
    practice = share(world)
    client.force_login(world.unassigned)
    here = url("contact_ask", practice)
    asked = {"text": "First.", "written_in": "en"}

    first = client.post(here, asked)
    twice = client.post(here, asked)
    other = client.post(here, asked | {"text": "Second words."})
    page = client.get(here)

    assert [each.status_code for each in (first, twice, other, page)] == [
        *(302, 302, 409, 302)
    ]
    assert "Second words." in other.content.decode()
    assert (ContactRequest.objects.count(), asked_count()) == (1, 1)


@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_ask(client, world, actor):
    practice = share(world)
    client.force_login(getattr(world, actor))

    found = [
        client.get(url("contact_ask", practice)).status_code,
        client.post(url("contact_ask", practice), {"written_in": ""}).status_code,
    ]

    assert found == ([200, 302] if actor in OTHERS else [403, 403])


@pytest.mark.parametrize("actor", OTHERS)
def test_of_what_was_withdrawn_nobody_asks(client, world, actor):
    practice = share(world)
    services.withdraw_practice(practice=practice, by=world.lead)
    client.force_login(getattr(world, actor))

    found = [
        client.get(url("contact_ask", practice)).status_code,
        client.post(url("contact_ask", practice), {"written_in": ""}).status_code,
    ]

    assert (found, ContactRequest.objects.count()) == ([404, 404], 0)


@pytest.mark.parametrize("when", ["before announcing", "after closing"])
def test_somebody_from_elsewhere_reads_the_library_while_the_round_runs(
    client, three, when
):
    client.force_login(three.facilitator)
    if when == "after closing":
        three.put_into(Phase.CLOSED)
    else:
        ReviewRound.objects.update(announced_at=None, announced_by=None)

    assert [
        client.get(url("library_list")).status_code,
        client.get(url("practice_detail", GoodPractice.objects.first())).status_code,
        GoodPractice.objects.visible_to(three.facilitator).count(),
    ] == [403, 403, 0]
