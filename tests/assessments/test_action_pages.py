"""The pages of actions, the form that shows them, and the start page that says what is overdue."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import Action, Answer, ReviewAccess
from assessments.open_actions import load_free_actions, load_outcome_actions
from assessments.selectors import load_outcome
from assessments.selectors.actions import counts_of, due_soon
from assessments.views.loading import reflection_url
from cdf_site.home import start_of
from frameworks.models import Criterion, Outcome
from organisations.models import Succession
from tests.assessments.test_actions import add, change, escalate, set_status
from tests.assessments.test_views import typed
from tests.factories import (
    ClusterFactory,
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    HealthBoardFactory,
    MembershipFactory,
    ModuleFactory,
    SelfReflectionFactory,
    UserFactory,
    thawed,
)
from tests.factories.assessments import days_from_now
from tests.steps import State, bring_to, criterion_of, outcome_of, start

pytestmark = pytest.mark.django_db

Status = Action.Status
DAY = datetime.timedelta(days=1)


def at(name, action=None, **where):
    return reverse(
        f"actions:action_{name}", kwargs={"action": action.pk} if action else where
    )


def adding(reflection):
    codes = {"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
    return at("add", **codes)


def words_of(response):
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def listed(response):
    return [action.text for action in response.context["page"].object_list]


def days(number):
    return timezone.localdate() + number * DAY


def dated(day):
    return {
        "due_on_day": day.day,
        "due_on_month": day.month,
        "due_on_year": day.year,
    }


@pytest.fixture
def action(reflection, lead):
    return add(reflection, lead)


@pytest.fixture
def form_page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


# Who opens what -----------------------------------------------------------------------------


def around(reflection):
    now = timezone.now()
    people = {}
    for role in ReviewAccess.Role.values:
        person = people[role] = UserFactory()
        ReviewAccess.objects.create(
            reflection=reflection,
            user=person,
            role=role,
            starts_at=now - DAY,
            ends_at=now + DAY,
        )
    past = people["past"] = UserFactory()
    ReviewAccess.objects.create(
        reflection=reflection, user=past, starts_at=now - 2 * DAY, ends_at=now - DAY
    )
    return people


def test_who_opens_the_pages_of_an_action(
    client,
    reflection,
    action,
    lead,
    contributor,
    officer,
    other_officer,
    national,
    stranger,
    administrator,
    superuser,
):
    everybody = {
        "lead": lead,
        "contributor": contributor,
        "officer": officer,
        "national": national,
        **around(reflection),
        "stranger": stranger,
        "other officer": other_officer,
        "administrator": administrator,
        "superuser": superuser,
    }
    names = ("detail", "edit", "status", "escalate")

    found = {}
    for who, person in everybody.items():
        client.force_login(person)
        found[who] = [client.get(at(name, action)).status_code for name in names]

    assert found == {
        "lead": [200, 200, 200, 200],
        "contributor": [200, 200, 200, 403],
        "officer": [200, 403, 403, 200],
        "national": [200, 403, 403, 403],
        "reviewer": [200, 403, 403, 403],
        "facilitator": [200, 403, 403, 403],
        "reader": [200, 403, 403, 403],
        "past": [404, 404, 404, 404],
        "stranger": [404, 404, 404, 404],
        "other officer": [404, 404, 404, 404],
        "administrator": [404, 404, 404, 404],
        "superuser": [404, 404, 404, 404],
    }


def test_who_is_refused_changes_nothing(
    client, reflection, action, officer, national, stranger, contributor
):
    sent = {
        "edit": {"text": "Another.", "version": 1},
        "status": {"status": "done", "what_changed": "All.", "version": 1},
        "escalate": {"escalated_to": "national", "note": "Please.", "version": 1},
    }
    refused = {
        contributor: {"escalate": 403},
        officer: {"edit": 403, "status": 403},
        national: {"edit": 403, "status": 403, "escalate": 403},
        stranger: {"edit": 404, "status": 404, "escalate": 404},
    }

    found = {}
    for person, pages in refused.items():
        client.force_login(person)
        found[person] = {
            name: client.post(at(name, action), sent[name]).status_code
            for name in pages
        }

    assert found == refused
    assert action.changes.count() == 1


def test_the_facilitator_adds_during_the_review(
    client, reflection, lead, officer, national
):
    bring_to(State.IN_REVIEW, reflection, lead=lead, officer=officer, national=national)
    people = around(reflection)

    found = {}
    for who, person in people.items():
        client.force_login(person)
        found[who] = client.post(
            adding(reflection), {"text": "Share the rota."}, follow=True
        ).status_code

    assert found == {"reviewer": 403, "facilitator": 200, "reader": 403, "past": 404}
    assert Action.objects.get().added_by == people["facilitator"]


# Adding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The action has been added."),
        ("cy", "Mae'r cam gweithredu wedi'i ychwanegu."),
    ],
)
def test_an_action_is_added_with_all_it_has(
    client, reflection, lead, contributor, language, said
):
    client.force_login(lead)
    criterion = criterion_of(reflection, level=2)
    with override(language):
        page = f"{adding(reflection)}?outcome=LEVELS-1&criterion={criterion.pk}"

    shown = client.get(page)
    response = client.post(
        page,
        {
            "about": f"criterion-{criterion.pk}",
            "text": "Open a shared clinic for the whole of the valley.",
            "owner": contributor.pk,
            **dated(days(30)),
            "support_needed": "Mae angen ystafell arnom ni.",
            "support_from": "The health board",
        },
        follow=True,
    )

    action = Action.objects.get()
    assert shown.context["form"]["about"].value() == f"criterion-{criterion.pk}"
    assert said in words_of(response)
    assert (action.criterion, action.outcome, action.owner, action.due_on) == (
        criterion,
        criterion.outcome,
        contributor,
        days(30),
    )
    assert (action.language, action.support_language, action.support_from) == (
        "en",
        "cy",
        "The health board",
    )


@pytest.mark.parametrize(
    ("asked", "chosen", "choices"),
    [
        ("", "", ["", "LEVELS-1", "LEVELS-2", "SIGNS-1"]),
        ("?outcome=none-9", "", ["", "LEVELS-1", "LEVELS-2", "SIGNS-1"]),
        ("?criterion=x", "", ["", "LEVELS-1", "LEVELS-2", "SIGNS-1"]),
    ],
)
def test_what_an_action_is_about_can_be_chosen(
    client, reflection, lead, asked, chosen, choices
):
    client.force_login(lead)

    form = client.get(adding(reflection) + asked).context["form"]

    assert form["about"].value() == chosen
    assert [code for code, _ in form.fields["about"].choices] == choices


def test_of_an_outcome_its_criteria_can_be_chosen(client, reflection, lead):
    client.force_login(lead)

    form = client.get(f"{adding(reflection)}?outcome=LEVELS-1").context["form"]

    criteria = Criterion.objects.filter(outcome=outcome_of(reflection))
    assert form["about"].value() == "LEVELS-1"
    assert [code for code, _ in form.fields["about"].choices] == [
        "LEVELS-1",
        *(f"criterion-{criterion.pk}" for criterion in criteria),
    ]


def test_a_day_in_the_past_is_asked_for_once_more(client, reflection, lead):
    client.force_login(lead)
    sent = {"text": "Too late already.", "about": "", **dated(days(-3))}

    asked = client.post(adding(reflection), sent)
    confirmed_of = asked.context["form"]["past_asked"].value()
    other_day = client.post(
        adding(reflection),
        sent | dated(days(-5)) | {"past_asked": confirmed_of, "past_confirmed": "on"},
    )
    before = Action.objects.count()
    client.post(
        adding(reflection),
        sent | {"past_asked": confirmed_of, "past_confirmed": "on"},
    )

    assert (asked.status_code, other_day.status_code, before) == (422, 422, 0)
    assert "This day is in the past." in words_of(asked)
    assert "Yes, the day is in the past" in words_of(asked)
    assert Action.objects.get().due_on == days(-3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "  "},
        {"text": "x" * 2_001},
        {"text": "Fine.", "owner": "999999"},
        {"text": "Fine.", "about": "criterion-999999"},
        {"text": "Fine.", "due_on_day": "31"},
        {"text": "Fine.", "support_from": "x" * 201},
    ],
)
def test_what_cannot_be_taken_stays_on_the_page(client, reflection, lead, wrong):
    client.force_login(lead)

    response = client.post(
        adding(reflection), {"support_needed": "Typed before."} | wrong
    )

    assert response.status_code == 422
    assert "Typed before." in response.content.decode()
    assert not Action.objects.exists()


def test_the_other_language_keeps_what_was_typed(client, reflection, lead):
    client.force_login(lead)
    with override("cy"):
        page = adding(reflection)

    response = client.post(page, {"text": "Hanner gorffen", "switch_to": "cy"})

    assert response.status_code == 200
    assert "Hanner gorffen" in response.content.decode()
    assert not Action.objects.exists()


# One of them, and changing it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Overdue",
                "Escalated to: Health board",
                "Nobody yet",
                "Under way",
                "We begin. Tomorrow.",
            ],
        ),
        (
            "cy",
            [
                "Yn hwyr",
                "Uwchgyfeiriwyd i: Bwrdd iechyd",
                "Neb eto",
                "Yn mynd rhagddo",
                "Ysgrifennwyd yn Saesneg",
            ],
        ),
    ],
)
def test_the_page_of_an_action_says_everything(
    client, reflection, lead, officer, language, words
):
    action = add(reflection, lead, due_on=days(-1), criterion=criterion_of(reflection))
    set_status(action, lead, Status.UNDER_WAY, "We begin. Tomorrow.")
    escalate(action, officer, Action.Escalation.HEALTH_BOARD)
    client.force_login(lead)

    with override(language):
        text = words_of(client.get(at("detail", action)))

    assert [each for each in words if each not in text] == []
    assert str(officer) in text


def test_what_was_written_is_shown_in_its_language(client, reflection, lead):
    action = add(reflection, lead, "Byddwn yn agor clinig ar y cyd yn y dref.")
    client.force_login(lead)

    html = client.get(at("detail", action)).content.decode()

    assert '<blockquote class="quote__text" lang="cy">' in html


def test_an_action_is_changed(client, action, lead, contributor):
    client.force_login(lead)

    shown = client.get(at("edit", action))
    response = client.post(
        at("edit", action),
        {
            "text": "Open two clinics.",
            "owner": contributor.pk,
            **dated(days(10)),
            "version": shown.context["form"]["version"].value(),
        },
    )

    action.refresh_from_db()
    assert response.url == at("detail", action)
    assert (action.text, action.owner, action.due_on, action.version) == (
        "Open two clinics.",
        contributor,
        days(10),
        2,
    )


def test_a_day_that_has_passed_since_may_stay(client, reflection, lead):
    action = add(reflection, lead, due_on=days(-10))
    client.force_login(lead)

    client.post(
        at("edit", action), {"text": "Still to do.", "version": 1} | dated(days(-10))
    )

    action.refresh_from_db()
    assert (action.text, action.due_on) == ("Still to do.", days(-10))


def test_two_texts_of_one_action_stand_on_the_page(client, action, lead, contributor):
    change(action, contributor, text="Theirs.", support_from="The council")
    client.force_login(lead)
    mine = {"text": "Mine.", "support_needed": "A van.", "version": 1}

    refused = client.post(at("edit", action), mine)

    action.refresh_from_db()
    html = refused.content.decode()
    assert refused.status_code == 409
    assert action.text == "Theirs."
    assert ("Theirs." in html, ">\nMine.</textarea>" in html, "A van." in html) == (
        True,
        True,
        True,
    )
    assert str(contributor) in html
    assert refused.context["form"]["version"].value() == 2


@pytest.mark.parametrize(
    ("button", "text"),
    [
        ({}, "Mine."),
        ({"use_theirs": "text"}, "Theirs."),
        ({"join": "text"}, "Mine.\n\nTheirs."),
    ],
)
def test_a_conflict_is_settled_without_losing_anything(
    client, action, lead, contributor, button, text
):
    change(action, contributor, text="Theirs.")
    client.force_login(lead)
    mine = {"text": "Mine.", "support_needed": "A van.", "version": 1}
    refused = client.post(at("edit", action), mine)
    sent = mine | {"version": refused.context["form"]["version"].value()}

    if button:
        settled = client.post(at("edit", action), sent | {"both": "text"} | button)
        sent["text"] = settled.context["form"]["text"].value()
        assert settled.context["theirs"] == {}
    client.post(at("edit", action), sent)

    action.refresh_from_db()
    assert (action.text, action.support_needed) == (text, "A van.")
    texts = [change.after["text"] for change in action.changes.all()]
    assert texts[:2] == ["Open a shared clinic.", "Theirs."]


def test_a_conflict_of_a_day_and_an_owner(client, action, lead, contributor):
    change(action, contributor, due_on=days(5), owner_id=contributor.pk)
    client.force_login(lead)
    mine = {"text": action.text, "owner": lead.pk, **dated(days(9)), "version": 1}

    refused = client.post(at("edit", action), mine)
    with_day = client.post(
        at("edit", action),
        mine | {"version": 2, "both": ["owner_id", "due_on"], "use_theirs": "due_on"},
    )

    assert set(refused.context["theirs"]) == {"owner", "due_on"}
    assert refused.context["theirs"]["owner"].words == str(contributor)
    assert set(with_day.context["theirs"]) == {"owner"}
    assert [int(part) for part in with_day.context["form"]["due_on"].value()] == [
        days(5).day,
        days(5).month,
        days(5).year,
    ]


def test_what_is_sent_after_the_session_ended_comes_back(client, action, lead):
    client.force_login(lead)
    sent = typed(client, at("edit", action)) | {"text": "Typed at great length."}
    client.logout()

    response = client.post(at("edit", action), sent)

    action.refresh_from_db()
    assert "Typed at great length." in response.content.decode()
    assert action.text == "Open a shared clinic."


def test_an_action_is_done_with_what_changed(client, action, lead):
    client.force_login(lead)

    missing = client.post(at("status", action), {"status": "done", "version": 1})
    client.post(
        at("status", action),
        {"status": "done", "what_changed": "People are seen sooner.", "version": 1},
    )

    action.refresh_from_db()
    assert (missing.status_code, "Say what changed." in words_of(missing)) == (
        422,
        True,
    )
    assert (action.status, action.what_changed) == ("done", "People are seen sooner.")


def test_what_was_typed_under_another_heading_is_kept(client, action, lead):
    client.force_login(lead)

    client.post(
        at("status", action),
        {
            "status": "dropped",
            "what_changed": "Little.",
            "reason": "No money.",
            "version": 1,
        },
    )

    action.refresh_from_db()
    assert action.what_changed == "No money.\n\nLittle."


def test_what_was_closed_is_opened_again(client, action, lead):
    set_status(action, lead, Status.UNDER_WAY)
    set_status(action, lead, Status.DROPPED, "No money.")
    action.refresh_from_db()
    client.force_login(lead)

    page = client.get(at("detail", action))
    sent = {"reopen": "1", "version": action.version}
    response = client.post(at("status", action), sent, follow=True)
    again = client.post(at("status", action), sent, follow=True)

    action.refresh_from_db()
    assert "Open it again" in words_of(page)
    assert "The action is open again." in words_of(response)
    assert again.status_code == 200
    assert (action.status, action.version, action.changes.count()) == (
        Status.UNDER_WAY,
        4,
        4,
    )


def test_somebody_elses_status_is_not_written_over(client, action, lead, contributor):
    set_status(action, contributor, Status.DONE, "All is well.")
    client.force_login(lead)

    refused = client.post(
        at("status", action),
        {"status": "dropped", "reason": "My long reason.", "version": 1},
    )

    html = refused.content.decode()
    action.refresh_from_db()
    assert (refused.status_code, action.status) == (409, Status.DONE)
    assert "My long reason." in html
    assert "All is well." in html


def test_an_action_is_escalated_with_a_note(client, action, officer):
    client.force_login(officer)
    page = at("escalate", action)

    silent = client.post(page, {"escalated_to": "health_board", "version": 1})
    client.post(page, {"escalated_to": "health_board", "note": "A room.", "version": 1})
    steps = [
        code
        for code, _ in client.get(page).context["form"].fields["escalated_to"].choices
    ]
    stale = client.post(
        page, {"escalated_to": "national", "note": "Too late.", "version": 1}
    )
    client.post(page, {"escalated_to": "cluster", "note": "Solved.", "version": 2})

    action.refresh_from_db()
    assert (silent.status_code, stale.status_code) == (422, 409)
    assert "Too late." in stale.content.decode()
    assert steps == ["cluster", "planning_group", "partnership_board", "national"]
    assert [
        (change.after["escalated_to"], change.note) for change in action.changes.all()
    ] == [("", ""), ("health_board", "A room."), ("", "Solved.")]


# The list -----------------------------------------------------------------------------------


@pytest.fixture
def some(reflection, other_cluster, lead, stranger, contributor):
    """Of two clusters of the board, and of one elsewhere."""
    other = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    elsewhere = SelfReflectionFactory(cycle=reflection.cycle)
    made = {
        "late": add(reflection, lead, "late", due_on=days(-1), owner=contributor),
        "later": add(reflection, lead, "later", due_on=days(-9)),
        "soon": add(reflection, lead, "soon", due_on=days(1), owner=lead),
        "whenever": add(reflection, lead, "whenever", outcome=outcome_of(reflection)),
        "done": add(reflection, lead, "done"),
        "theirs": add(other, stranger, "theirs", due_on=days(2)),
        "far": add(elsewhere, UserFactory(lead_of=elsewhere.cluster), "far"),
    }
    set_status(made["done"], lead, Status.DONE, "All.")
    escalate(made["soon"], lead, Action.Escalation.HEALTH_BOARD)
    escalate(made["theirs"], stranger, Action.Escalation.NATIONAL)
    return made


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ("lead", ["later", "late", "soon", "whenever"]),
        ("contributor", ["later", "late", "soon", "whenever"]),
        ("stranger", ["theirs"]),
        ("officer", ["later", "late", "soon", "theirs", "whenever"]),
        ("other_officer", []),
        ("administrator", []),
        ("superuser", []),
    ],
)
def test_whose_actions_are_listed(client, request, some, actor, expected):
    client.force_login(request.getfixturevalue(actor))

    assert listed(client.get(at("list"))) == expected


def test_the_national_officer_sees_those_of_wales(client, some, national):
    client.force_login(national)

    assert sorted(listed(client.get(at("list")))) == sorted(
        ["later", "late", "soon", "theirs", "whenever", "far"]
    )


def test_a_reviewers_list_has_none_of_the_clusters_they_review(
    client, reflection, some
):
    client.force_login(around(reflection)["reviewer"])

    assert listed(client.get(at("list"))) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("status=done", ["done"]),
        ("status=all", ["later", "late", "soon", "theirs", "whenever", "done"]),
        ("overdue=on", ["later", "late"]),
        ("cluster=ogwr", ["theirs"]),
        ("cluster=afan&overdue=on", ["later", "late"]),
        ("outcome=LEVELS-1", ["whenever"]),
        ("escalated_to=any", ["soon", "theirs"]),
        ("escalated_to=national", ["theirs"]),
        ("escalated_to=health_board&status=done", []),
        (
            "status=nonsense&cluster=nowhere",
            ["later", "late", "soon", "theirs", "whenever"],
        ),
    ],
)
def test_the_address_says_what_is_listed(client, officer, some, asked, expected):
    client.force_login(officer)

    assert listed(client.get(f"{at('list')}?{asked}")) == expected


def test_ones_own(client, contributor, some):
    client.force_login(contributor)

    assert listed(client.get(f"{at('list')}?mine=on")) == ["late"]


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ["Llanelli", "Lougher"]), ("cy", ["Lougher", "Llanelli"])],
)
def test_the_same_day_stands_in_the_alphabet_of_the_page(
    client, board, cycle, officer, language, names
):
    for name in ("Llanelli", "Lougher"):
        cluster = ClusterFactory(health_board=board, name_cy=name, name_en=name)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
        add(reflection, UserFactory(lead_of=cluster), name, due_on=days(3))
    client.force_login(officer)

    with override(language):
        page = client.get(at("list"))

    assert listed(page) == names
    assert [
        label for code, label in page.context["form"].fields["cluster"].choices if code
    ] == names


def test_a_long_list_has_pages_that_keep_the_filters(client, reflection, lead):
    for number in range(31):
        add(reflection, lead, f"Number {number}", due_on=days(number), owner=lead)
    client.force_login(lead)

    first = client.get(f"{at('list')}?mine=on")
    second = client.get(at("list") + first.context["next_url"])

    assert (len(listed(first)), listed(second)) == (30, ["Number 30"])
    assert first.context["next_url"] == "?mine=on&page=2"
    assert (first.context["previous_url"], second.context["next_url"]) == (False, False)


@pytest.mark.parametrize("language", ["cy", "en"])
def test_an_empty_list_says_what_to_do(client, lead, reflection, language):
    client.force_login(lead)
    said = {
        "en": ["No action is open", "Nothing matches"],
        "cy": ["Nid oes unrhyw gam gweithredu ar agor", "Nid oes dim yn cyfateb"],
    }[language]

    with override(language):
        empty, narrowed = (
            words_of(client.get(at("list") + asked)) for asked in ("", "?overdue=on")
        )

    assert (said[0] in empty, said[1] in narrowed) == (True, True)


@pytest.mark.parametrize("number", [1, 3, 60])
def test_queries_of_the_list(
    client, national, edition, cycle, django_assert_num_queries, number
):
    board = HealthBoardFactory()
    for _ in range(number):
        cluster = ClusterFactory(health_board=board)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=cluster)
        person = UserFactory(lead_of=cluster)
        Action.objects.create(
            reflection=reflection,
            outcome=outcome_of(reflection),
            text="To do.",
            language="en",
            owner=person,
            added_by=person,
        )
    client.force_login(national)

    with django_assert_num_queries(8):
        client.get(at("list"))


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_an_action(client, action, lead, django_assert_num_queries, number):
    for step in range(number):
        change(action, lead, text=f"Text {step}.")
    client.force_login(lead)

    with django_assert_num_queries(7):
        client.get(at("detail", action))


# On the form --------------------------------------------------------------------------------


def on_form(reflection, user, module="LEVELS", number=1):
    _previous, sheet, _next = load_outcome(reflection, module, number)
    return load_outcome_actions(reflection, sheet, user=user)


def texts(actions):
    """Of each criterion by its number, and of the outcome."""
    return (
        {pk: [one.text for one in ones] for pk, ones in actions.by_criterion.items()},
        [one.text for one in actions.of_the_outcome],
    )


@pytest.fixture
def before(reflection, edition, cluster):
    """Of the cycle before, on the same edition."""
    cycle = CycleFactory(
        code="2029",
        edition=edition,
        opens_at=days_from_now(-400),
        closes_at=days_from_now(5),
    )
    return SelfReflectionFactory(cycle=cycle, cluster=cluster)


def test_open_actions_of_every_cycle_stand_beside_what_they_came_from(
    reflection, before, cluster, edition, lead
):
    long_ago = SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2028",
            edition=edition,
            opens_at=days_from_now(-800),
            closes_at=days_from_now(5),
        ),
    )
    criterion, outcome = criterion_of(reflection, level=2), outcome_of(reflection)
    add(long_ago, lead, "oldest", criterion=criterion, due_on=days(-700))
    add(before, lead, "older", criterion=criterion, due_on=days(-300))
    add(before, lead, "of the outcome", outcome=outcome)
    add(reflection, lead, "now", criterion=criterion)
    add(reflection, lead, "elsewhere", outcome=outcome_of(reflection, number=2))
    add(reflection, lead, "free")
    closed = add(before, lead, "closed", outcome=outcome)
    set_status(closed, lead, Status.DONE, "All.")

    assert texts(on_form(reflection, lead)) == (
        {criterion.pk: ["oldest", "older", "now"]},
        ["of the outcome"],
    )
    assert [one.text for one in load_free_actions(reflection, user=lead)] == ["free"]
    # What was undertaken since is not shown on a form of the past.
    assert texts(on_form(long_ago, lead)) == ({criterion.pk: ["oldest"]}, [])


def predecessor_of(criterion, edition, module="OLD", number=1):
    """A criterion of another edition from which ``criterion`` came."""
    old = CriterionFactory(
        outcome=outcome_in(edition, module, number), level=criterion.level, number=9
    )
    with thawed():
        criterion.predecessor = old
        criterion.save()
    return old


def outcome_in(edition, module, number):
    return Outcome.objects.get(
        module__edition=edition, module__code=module, number=number
    )


@pytest.fixture
def old_edition(db):
    edition = EditionFactory(code="2025-05")
    ModuleFactory(edition=edition, number=1, code="OLD", outcomes=2)
    return edition


@pytest.fixture
def of_old(old_edition, cluster):
    return SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2026",
            edition=old_edition,
            opens_at=days_from_now(-900),
            closes_at=days_from_now(5),
        ),
    )


def test_actions_follow_their_criterion_into_another_edition(
    reflection, old_edition, of_old, lead
):
    criterion = criterion_of(reflection, level=1)
    old = predecessor_of(criterion, old_edition)
    dropped = Criterion.objects.filter(outcome=old.outcome).exclude(pk=old.pk).first()
    add(of_old, lead, "carried", criterion=old)
    add(of_old, lead, "its criterion is gone", criterion=dropped)
    add(of_old, lead, "of the outcome", outcome=old.outcome)
    add(of_old, lead, "elsewhere", outcome=outcome_in(old_edition, "OLD", 2))

    assert texts(on_form(reflection, lead)) == (
        {criterion.pk: ["carried"]},
        ["its criterion is gone", "of the outcome"],
    )


def test_actions_follow_over_two_editions(reflection, old_edition, of_old, lead):
    between = EditionFactory(code="2028-05")
    ModuleFactory(edition=between, number=1, code="MID", outcomes=1)
    criterion = criterion_of(reflection, level=1)
    middle = predecessor_of(criterion, between, "MID")
    old = predecessor_of(middle, old_edition)
    add(of_old, lead, "carried", criterion=old)
    add(of_old, lead, "of the outcome", outcome=old.outcome)

    assert texts(on_form(reflection, lead)) == (
        {criterion.pk: ["carried"]},
        ["of the outcome"],
    )


def test_actions_of_a_cluster_that_is_followed_are_carried_on(
    reflection, before, other_cluster, national, lead
):
    add(before, lead, "of those before", outcome=outcome_of(reflection))
    following = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    Succession.objects.create(
        predecessor=reflection.cluster,
        successor=other_cluster,
        kind=Succession.Kind.MERGED,
        effective_on=timezone.localdate(),
        decided_by=national,
    )
    its_lead = UserFactory(lead_of=other_cluster)

    assert texts(on_form(following, its_lead)) == ({}, ["of those before"])


def test_actions_of_another_cluster_are_not_shown(
    reflection, other_cluster, stranger, officer
):
    other = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    add(other, stranger, "theirs", outcome=outcome_of(reflection))

    assert texts(on_form(reflection, officer)) == ({}, [])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Overdue", "Carried on from: Cycle 2029", "Nobody yet", "Planned"]),
        ("cy", ["Yn hwyr", "Yn parhau o: Cylch 2029", "Neb eto", "Wedi'i gynllunio"]),
    ],
)
def test_the_form_shows_what_is_still_to_be_done(
    client, reflection, before, lead, language, words
):
    type(before.cycle).objects.filter(pk=before.cycle.pk).update(
        name_cy="Cylch 2029", name_en="Cycle 2029"
    )
    criterion = criterion_of(reflection, level=2)
    action = add(before, lead, "Open a clinic.", criterion=criterion, due_on=days(-1))
    client.force_login(lead)

    with override(language):
        response = client.get(
            reflection_url("outcome_edit", reflection, module="LEVELS", number=1)
        )
        link = f'href="{at("detail", action)}"'

    html = response.content.decode()
    beside = html[html.index(f'id="criterion-{criterion.pk}"') :]
    line = beside[: beside.index("</li>")]
    text = words_of(response)
    assert (link in line, 'lang="en"' in line) == (True, True)
    assert [each for each in words if each not in text] == []


@pytest.mark.parametrize("about", ["LEVELS-1", "criterion"])
def test_an_action_is_added_from_the_form_which_saves_first(
    client, reflection, lead, form_page, about
):
    start(reflection, by=lead)
    client.force_login(lead)
    criterion = criterion_of(reflection)
    value = str(criterion.pk) if about == "criterion" else about
    sent = typed(client, form_page)

    saved = client.post(
        form_page,
        sent | {"in-the-way-text": "Typed before.", "add_action": value},
    )
    shown = client.get(saved.url)
    chosen = shown.context["form"]["about"].value()
    back = client.post(saved.url, {"about": chosen, "text": "Open a clinic."})

    place = f"criterion-{criterion.pk}" if about == "criterion" else "actions"
    action = Action.objects.get()
    assert Answer.objects.filter(text="Typed before.").exists()
    assert back.url == f"{form_page}#{place}"
    assert (action.criterion_id, action.outcome) == (
        criterion.pk if about == "criterion" else None,
        outcome_of(reflection),
    )


def test_what_is_of_no_one_outcome_stands_on_the_last_page(
    client, reflection, before, lead
):
    action = add(before, lead, "Write a plan.")
    start(reflection, by=lead)
    client.force_login(lead)

    page = client.get(reflection_url("closing_edit", reflection))

    assert page.context["free_actions"] == [action]
    assert at("detail", action) in page.content.decode()


def test_after_the_submission_one_is_led_to_the_action(
    client, reflection, lead, officer, national
):
    bring_to(State.SUBMITTED, reflection, lead=lead, officer=officer, national=national)
    client.force_login(lead)

    response = client.post(
        f"{adding(reflection)}?outcome=LEVELS-1&from=form",
        {"about": "LEVELS-1", "text": "Open a clinic."},
    )

    assert response.url == at("detail", Action.objects.get())


# The start page ------------------------------------------------------------------------------


def lines_of(user):
    task = start_of(user).actions
    return task and [
        (line.whose, line.open, line.overdue, line.escalated) for line in task.lines
    ]


def test_the_start_page_says_what_is_overdue(
    client, some, lead, contributor, officer, national, administrator, other_officer
):
    found = {
        "lead": lines_of(lead),
        "contributor": lines_of(contributor),
        "officer": lines_of(officer),
        "national": lines_of(national),
        "administrator": lines_of(administrator),
        "other officer": lines_of(other_officer),
    }

    assert found == {
        "lead": [("mine", 1, 0, 0), ("cluster", 4, 2, 0)],
        "contributor": [("mine", 1, 1, 0), ("cluster", 4, 2, 0)],
        "officer": [("board", 5, 2, 1)],
        "national": [("wales", 6, 2, 1)],
        "administrator": None,
        "other officer": None,
    }
    assert [one.text for one in start_of(contributor).actions.due] == ["late"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Open: 5", "Escalated to the health board: 1", "Overdue: 2"]),
        ("cy", ["Ar agor: 5", "Uwchgyfeiriwyd i'r bwrdd iechyd: 1", "Yn hwyr: 2"]),
    ],
)
def test_the_start_page_leads_to_what_was_escalated(
    client, some, officer, language, words
):
    client.force_login(officer)

    page = client.get(f"/{language}/")
    [line] = page.context["start"].actions.lines
    escalated = client.get(line.escalated_url)

    text = words_of(page)
    assert [each for each in words if each not in text] == []
    assert listed(escalated) == ["soon"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_start_page_asks_twice(lead, reflection, django_assert_num_queries, number):
    for each in range(number):
        add(reflection, lead, f"Number {each}", owner=lead, due_on=days(-1))
    assert lead.current_memberships

    with django_assert_num_queries(2):
        counts_of(lead)
        due_soon(lead)


def test_clusters_stand_by_name_on_the_start_page(lead, reflection, board, cycle):
    add(reflection, lead)
    type(reflection.cluster).objects.filter(pk=reflection.cluster.pk).update(
        sort_en="b", sort_cy="b"
    )
    other = ClusterFactory(health_board=board, name_en="A", name_cy="A")
    MembershipFactory(user=lead, role="contributor", cluster=other)
    lead.forget_memberships()
    add(SelfReflectionFactory(cycle=cycle, cluster=other), lead)

    names = [line.name for line in start_of(lead).actions.lines]

    assert names == ["A", reflection.cluster.name]
