"""Rounds: the pages of whoever arranges one, and what everybody else sees of it."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import ReviewAccess
from notifications.models import Message
from organisations.models import AuditEvent
from peerreview.models import (
    USUAL_RULES,
    Annotation,
    Assignment,
    ClusterReview,
    ReviewPhase,
    ReviewRound,
)
from peerreview.selectors.rounds import tasks_of
from peerreview.services import rounds as services
from tests.factories import ClusterFactory, SelfReflectionFactory, UserFactory
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewGroupFactory,
)
from tests.peerreview.world import Phase
from tests.steps import start, submit

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def url(name, **where):
    return reverse(f"peerreview:{name}", kwargs=where)


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def in_days(number):
    day = timezone.localdate() + number * DAY
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def days_of(**first_days):
    """The fields of the phases' first days, in days from today."""
    return {
        f"{kind}-starts_on_{part}": value
        for kind, number in first_days.items()
        for part, value in in_days(number).items()
    }


USUAL_DAYS = {
    "reading": 7,
    "annotating": 21,
    "discussing": 35,
    "agreeing": 49,
    "closed": 63,
}


def rules_of():
    """The usual rules, as a browser sends them."""
    sent = {}
    for kind, rules in USUAL_RULES.items():
        for name, value in vars(rules).items():
            if value not in {False, True}:
                sent[f"{kind}-{name}"] = value
            elif value:
                sent[f"{kind}-{name}"] = "on"
    return sent


def typed(cycle, **more):
    return {
        "name_cy": "Hydref 2030",
        "name_en": "Autumn 2030",
        "code": "autumn-2030",
        "cycle": cycle.pk,
        "health_board": "national",
        "kind": "clusters",
        "group_size": "4",
        "boards": "mixed",
        "version": "0",
        **days_of(**USUAL_DAYS),
        **rules_of(),
    } | more


def as_stored(review_round, **more):
    """What the form of a round sends back when nothing is typed."""
    sent = {
        "name_cy": review_round.name_cy,
        "name_en": review_round.name_en,
        "group_size": str(review_round.group_size),
        "boards": review_round.boards,
        "version": str(review_round.version),
    }
    for phase in review_round.phases.all():
        day = phase.starts_on
        parts = {"day": day.day, "month": day.month, "year": day.year}
        sent |= {
            f"{phase.kind}-starts_on_{part}": str(value)
            for part, value in parts.items()
        }
    return sent | rules_of() | more


@pytest.fixture
def planned(world):
    """The world's round, before anybody announced it."""
    ReviewAccess.objects.all().delete()
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    world.round.refresh_from_db()
    return world


# Planning ---------------------------------------------------------------------------------


def test_a_round_is_planned_with_the_usual_rules(client, national, cycle):
    client.force_login(national)

    response = client.post(url("round_add"), typed(cycle))

    review_round = ReviewRound.objects.get()
    assert response.headers["Location"] == url("round_clusters", round="autumn-2030")
    assert (review_round.name_cy, review_round.created_by) == ("Hydref 2030", national)
    assert not review_round.is_announced
    today = timezone.localdate()
    assert {
        phase.kind: (
            phase.starts_on,
            phase.reviewers_annotate,
            phase.cluster_replies,
            phase.reviewers_see,
            phase.cluster_sees,
        )
        for phase in review_round.phases.all()
    } == {
        kind: (today + USUAL_DAYS[kind] * DAY, *vars(USUAL_RULES[kind]).values())
        for kind in Phase
    }
    added = AuditEvent.objects.filter(kind="added", by=national)
    assert {event.subject_type for event in added} == {
        "peerreview.reviewround",
        "peerreview.reviewphase",
    }


def test_the_form_has_the_usual_rules_chosen(client, national, cycle):
    client.force_login(national)

    form = client.get(url("round_add")).context["form"]

    assert {
        (kind, name): form[f"{kind}-{name}"].value()
        for kind in ("reading", "annotating", "discussing", "agreeing")
        for name in vars(USUAL_RULES[kind])
    } == {
        (kind, name): value
        for kind in ("reading", "annotating", "discussing", "agreeing")
        for name, value in vars(USUAL_RULES[kind]).items()
    }


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"name_cy": ""}, "name_cy", "Enter the name in Welsh."),
        ({"code": "add"}, "code", "This code is taken already. Choose another."),
        (
            {"code": "hydref â"},
            "code",
            "Use letters without accents, figures and hyphens.",
        ),
        (
            days_of(annotating=7),
            "annotating-starts_on",
            "Choose a day after the first day of the phase before. Phases follow each "
            "other and do not overlap.",
        ),
        (
            days_of(closed=20),
            "closed-starts_on",
            "Choose a day after the first day of the phase before. Phases follow each "
            "other and do not overlap.",
        ),
        (
            {"reading-cluster_replies": "on"},
            "reading-cluster_replies",
            "A cluster can reply only to what it sees. Tick both, or neither.",
        ),
        ({"group_size": "9"}, "group_size", None),
        (
            {"reading-starts_on_day": "40"},
            "reading-starts_on",
            "There is no such date. Check the day and the month.",
        ),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field(
    client, national, cycle, change, field, said
):
    client.force_login(national)

    response = client.post(url("round_add"), typed(cycle, **change))

    errors = response.context["form"].errors
    assert (response.status_code, set(errors)) == (422, {field})
    assert said is None or errors[field] == [said]
    assert not ReviewRound.objects.exists()


def test_a_code_is_taken_once(client, national, world):
    client.force_login(national)

    response = client.post(
        url("round_add"), typed(world.round.cycle, code=world.round.code)
    )

    assert response.status_code == 422
    assert ReviewRound.objects.count() == 1


def test_an_officer_plans_rounds_of_their_own_board_alone(
    client, officer, other_officer, board, cycle
):
    client.force_login(officer)
    form = client.get(url("round_add")).context["form"]
    other = other_officer.memberships.get().health_board

    refused = client.post(url("round_add"), typed(cycle, health_board=other.pk))
    client.post(url("round_add"), typed(cycle, health_board=board.pk))

    review_round = ReviewRound.objects.get()
    assert [value for value, _label in form.fields["health_board"].choices] == [
        str(board.pk)
    ]
    assert refused.status_code == 422
    assert (review_round.health_board, review_round.boards) == (board, "within")


@pytest.mark.parametrize("actor", ["lead", "contributor", "facilitator", "reviewer"])
def test_nobody_else_plans_a_round(client, world, actor):
    client.force_login(getattr(world, actor))

    assert client.get(url("round_add")).status_code == 403


# Changing ---------------------------------------------------------------------------------


def test_a_round_is_changed(client, world):
    client.force_login(world.national)

    response = client.post(
        url("round_edit", round="autumn"),
        as_stored(world.round, name_en="Autumn, anew", group_size="5"),
    )

    world.round.refresh_from_db()
    assert response.status_code == 302
    assert (world.round.name_en, world.round.group_size, world.round.version) == (
        "Autumn, anew",
        5,
        1,
    )
    event = AuditEvent.objects.filter(subject_type="peerreview.reviewround").first()
    assert event.details["after"] == {
        "name_en": "Autumn, anew",
        "group_size": 5,
        "version": 1,
    }


@pytest.mark.parametrize("language", ["en", "cy"])
def test_two_organisers_do_not_overwrite_each_other(client, world, language):
    other = UserFactory(national_officer=True, name="Catrin")
    sent = as_stored(world.round, name_en="Mine")
    services.change_round(
        review_round=world.round,
        base_version=0,
        changes={"name_en": "Theirs", "group_size": 3},
        phases={},
        by=other,
    )
    client.force_login(world.national)
    page = url("round_edit", round="autumn").replace("/en/", f"/{language}/")

    first = client.post(page, sent)

    world.round.refresh_from_db()
    text = words_of(first)
    assert (first.status_code, world.round.name_en) == (409, "Theirs")
    assert "Theirs" in text
    assert "Catrin" in text
    assert first.context["form"]["name_en"].value() == "Mine"
    assert [str(value) for _label, value in first.context["differences"]] == [
        "Theirs",
        "3",
    ]

    again = client.post(
        page, sent | {"version": first.context["form"]["version"].value()}
    )
    world.round.refresh_from_db()
    assert (again.status_code, world.round.name_en) == (302, "Mine")


def test_what_is_sent_twice_is_no_conflict(client, world):
    client.force_login(world.national)
    sent = as_stored(world.round, name_en="Mine")

    statuses = [
        client.post(url("round_edit", round="autumn"), sent).status_code
        for _ in range(2)
    ]

    world.round.refresh_from_db()
    assert (statuses, world.round.version) == ([302, 302], 1)


def test_the_day_of_a_phase_that_has_begun_stays_and_that_of_closing_moves(
    client, world
):
    """The round is in its phase of annotating since yesterday."""
    client.force_login(world.national)
    form = client.get(url("round_edit", round="autumn")).context["form"]
    reading = world.round.phases.get(kind="reading").starts_on

    client.post(
        url("round_edit", round="autumn"),
        as_stored(world.round, **days_of(reading=-30, closed=90)),
    )

    assert form.staying == {"reading", "annotating"}
    assert world.round.phases.get(kind="reading").starts_on == reading
    assert (
        world.round.phases.get(kind="closed").starts_on
        == timezone.localdate() + 90 * DAY
    )


@pytest.mark.parametrize("kind", ["reading", "annotating"])
def test_the_service_refuses_to_move_what_began(world, kind):
    phase = world.round.phases.get(kind=kind)
    plan = services.PhasePlan(phase.starts_on + DAY, services.plan_of(phase).rules)

    with pytest.raises((services.PhaseHasBegun, services.DaysNotRising)):
        services.change_round(
            review_round=world.round,
            base_version=0,
            changes={},
            phases={kind: plan},
            by=world.national,
        )


def test_a_day_is_not_moved_into_the_past(client, world):
    world.put_into(Phase.READING)
    client.force_login(world.national)

    response = client.post(
        url("round_edit", round="autumn"),
        as_stored(world.round, **days_of(annotating=0)),
    )
    past = world.round.phases.get(kind="discussing")
    plan = services.PhasePlan(timezone.localdate() - DAY, services.plan_of(past).rules)
    with pytest.raises((services.PhaseHasBegun, services.DaysNotRising)):
        services.change_round(
            review_round=world.round,
            base_version=1,
            changes={},
            phases={"discussing": plan},
            by=world.national,
        )

    assert response.status_code == 302
    assert ReviewPhase.objects.current().get().kind == "annotating"


def test_all_days_can_be_moved_by_a_week_at_once(client, planned):
    before = dict(planned.round.phases.values_list("kind", "starts_on"))
    client.force_login(planned.national)
    today = timezone.localdate()

    response = client.post(
        url("round_edit", round="autumn"),
        as_stored(
            planned.round,
            **days_of(**{kind: (day - today).days + 7 for kind, day in before.items()}),
        ),
    )

    assert response.status_code == 302
    assert dict(planned.round.phases.values_list("kind", "starts_on")) == {
        kind: day + 7 * DAY for kind, day in before.items()
    }


def test_the_cycle_and_the_kind_stay_once_clusters_were_chosen(client, world):
    client.force_login(world.national)

    form = client.get(url("round_edit", round="autumn")).context["form"]

    assert {"cycle", "kind", "health_board", "code"} & set(form.fields) == set()
    with pytest.raises(services.FixedByClusters):
        services.change_round(
            review_round=world.round,
            base_version=0,
            changes={"kind": "whole_cycle"},
            phases={},
            by=world.national,
        )


# Choosing clusters ------------------------------------------------------------------------


def test_clusters_that_submitted_are_ticked_at_first(client, national, cycle):
    submitted = SelfReflectionFactory(cycle=cycle)
    lead = UserFactory(lead_of=submitted.cluster)
    start(submitted, by=lead)
    submit(submitted, by=lead)
    waiting = SelfReflectionFactory(cycle=cycle)
    client.force_login(national)
    client.post(url("round_add"), typed(cycle))
    page = url("round_clusters", round="autumn-2030")

    form = client.get(page).context["form"]

    assert form[f"part-{submitted.pk}"].value() is True
    assert form[f"part-{waiting.pk}"].value() is False
    assert words_of(client.get(page)).count("Nothing submitted yet") == 1

    client.post(
        page,
        {
            f"part-{submitted.pk}": "on",
            f"part-{waiting.pk}": "on",
            f"meets-{submitted.pk}": "cy",
            f"meets-{waiting.pk}": "",
            "seen": "",
        },
    )
    assert set(ClusterReview.objects.values_list("reflection", "meets_in")) == {
        (submitted.pk, "cy"),
        (waiting.pk, ""),
    }


def test_what_somebody_else_chose_meanwhile_stays(client, planned):
    client.force_login(planned.national)
    page = url("round_clusters", round="autumn")
    form = client.get(page).context["form"]
    added = SelfReflectionFactory(cycle=planned.round.cycle)
    services.choose_clusters(
        review_round=planned.round,
        added=[added.pk],
        dropped=[],
        languages={},
        by=UserFactory(national_officer=True),
    )
    afan = planned.review.reflection_id

    client.post(
        page,
        {
            name: "on" if name.startswith("part-") else form[name].value()
            for name in form.fields
            if name != f"part-{afan}" and form[name].value()
        },
    )

    chosen = set(planned.round.reviews.values_list("reflection", flat=True))
    assert added.pk in chosen
    assert afan not in chosen


def test_a_boards_round_is_of_its_own_clusters(officer, board, cycle, client):
    own = SelfReflectionFactory(cycle=cycle, cluster=ClusterFactory(health_board=board))
    elsewhere = SelfReflectionFactory(cycle=cycle)
    client.force_login(officer)
    client.post(url("round_add"), typed(cycle, health_board=board.pk))
    review_round = ReviewRound.objects.get()

    form = client.get(url("round_clusters", round=review_round.code)).context["form"]

    assert [choice.reflection for choice in form.choices] == [own]
    with pytest.raises(services.NotOfTheRound):
        services.choose_clusters(
            review_round=review_round,
            added=[elsewhere.pk],
            dropped=[],
            languages={},
            by=officer,
        )


def test_in_a_whole_cycle_round_each_cluster_has_its_group_and_its_officers(
    client, officer, national, reflection, cycle
):
    client.force_login(national)
    client.post(url("round_add"), typed(cycle, kind="whole_cycle"))

    client.post(
        url("round_clusters", round="autumn-2030"),
        {f"part-{reflection.pk}": "on", f"meets-{reflection.pk}": "", "seen": ""},
    )

    review = ClusterReview.objects.get()
    assert review.group.number == 1
    assert [
        (assignment.user, assignment.role)
        for assignment in review.group.assignments.all()
    ] == [(officer, "reviewer")]


def test_once_announced_a_cluster_withdraws_and_is_not_dropped(client, world):
    client.force_login(world.national)
    page = url("round_clusters", round="autumn")
    form = client.get(page).context["form"]
    afan = world.review.reflection_id

    client.post(page, {"seen": form["seen"].value()})
    services.choose_clusters(
        review_round=world.round,
        added=[],
        dropped=[afan],
        languages={},
        by=world.national,
    )

    assert f"part-{afan}" not in form.fields
    assert world.round.reviews.count() == 4


# Withdrawing ------------------------------------------------------------------------------


def test_a_lead_withdraws_their_cluster_and_the_organiser_takes_it_back(client, world):
    page = url("review_withdraw", round="autumn", cluster="afan")
    client.force_login(world.lead)

    without = client.post(page, {"reason": " ", "written_in": ""})
    client.post(page, {"reason": "Salwch yn y tîm.", "written_in": "cy"})

    world.review.refresh_from_db()
    assert without.status_code == 422
    assert (
        world.review.takes_part,
        world.review.withdrew_by,
        world.review.reason,
        world.review.language,
    ) == (False, world.lead, "Salwch yn y tîm.", "cy")

    client.force_login(world.national)
    assert "Salwch yn y tîm." in words_of(
        client.get(url("round_detail", round="autumn"))
    )
    client.post(url("review_take_back", round="autumn", cluster="afan"))
    world.review.refresh_from_db()
    assert (world.review.takes_part, world.review.reason) == (True, "")


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("contributor", 403),
        ("reviewer", 403),
        ("facilitator", 403),
        ("officer", 403),
        ("outsider", 404),
        ("unassigned", 404),
        ("other_officer", 404),
    ],
)
def test_who_does_not_withdraw_a_cluster(client, world, actor, status):
    client.force_login(getattr(world, actor))

    response = client.post(
        url("review_withdraw", round="autumn", cluster="afan"),
        {"reason": "Because.", "written_in": ""},
    )

    world.review.refresh_from_db()
    assert (response.status_code, world.review.takes_part) == (status, True)


# Announcing -------------------------------------------------------------------------------


def test_announcing_shows_what_is_missing_and_whom_it_tells(client, planned):
    loose = ClusterReviewFactory(
        round=planned.round,
        group=None,
        reflection=SelfReflectionFactory(cycle=planned.round.cycle),
    )
    client.force_login(planned.national)

    preview = client.get(url("round_announce", round="autumn")).context["preview"]

    assert [row.review for row in preview.page.without_group] == [loose]
    assert [row.group for row in preview.without_facilitator] == [planned.other_group]
    assert [row.group for row in preview.small] == [planned.other_group]
    assert {
        (person, group.number, str(role))
        for person, parts in preview.people
        for group, role in parts
    } == {
        (planned.lead, 1, "peer reviewer"),
        (planned.reviewer, 1, "peer reviewer"),
        (planned.second_reviewer, 1, "peer reviewer"),
        (planned.facilitator, 1, "facilitator"),
        (planned.outsider, 2, "peer reviewer"),
    }
    assert preview.leads == 4


def test_announcing_tells_each_once_a_group_with_names_and_a_link_alone(
    client, planned, mailoutbox, django_capture_on_commit_callbacks
):
    client.force_login(planned.national)
    page = url("round_announce", round="autumn")
    seen = client.get(page).context["preview"].seen

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, {"seen": seen})
    again = client.post(page, {"seen": seen})

    planned.round.refresh_from_db()
    assert planned.round.announced_by == planned.national
    assert again.headers["Location"] == url("round_detail", round="autumn")
    told = Message.objects.filter(kind__startswith="review").order_by("kind", "address")
    assert [(message.kind, message.address) for message in told] == [
        ("review_announced", "lead@example.test"),
        ("review_announced", "llwchwr@example.test"),
        ("review_announced", "ogwr@example.test"),
        ("review_announced", "tawe@example.test"),
        ("review_assigned", "facilitator@example.test"),
        ("review_assigned", "lead@example.test"),
        ("review_assigned", "llwchwr@example.test"),
        ("review_assigned", "ogwr@example.test"),
        ("review_assigned", "tawe@example.test"),
    ]
    letter = next(
        mail
        for mail in mailoutbox
        if mail.to == ["ogwr@example.test"] and "asked" in mail.subject
    )
    names = [review.cluster.name_en for review in (planned.review, planned.others[1])]
    assert f"Clusters to read: {', '.join(sorted(names))}" in letter.body
    assert planned.others[0].cluster.name_en not in letter.body
    assert "/en/peer-review/rounds/autumn/groups/1/" in letter.body
    assert "Gofynnwyd i chi gymryd rhan" in letter.body


def test_a_round_that_changed_meanwhile_is_looked_at_again(client, planned):
    client.force_login(planned.national)
    page = url("round_announce", round="autumn")
    seen = client.get(page).context["preview"].seen
    Assignment.objects.filter(user=planned.facilitator).delete()

    response = client.post(page, {"seen": seen})

    planned.round.refresh_from_db()
    assert (response.status_code, planned.round.is_announced) == (409, False)


def test_what_cannot_be_announced_says_so(client, planned):
    client.force_login(planned.national)
    page = url("round_announce", round="autumn")
    ClusterReview.objects.update(group=None)
    without = client.get(page)
    planned.put_into(Phase.CLOSED)
    ReviewRound.objects.update(announced_at=None, announced_by=None)
    over = client.post(page, {"seen": ""})

    assert "no cluster is in a group yet" in words_of(without)
    assert "the day on which it closes is not ahead" in words_of(over)
    assert not ReviewRound.objects.exclude(announced_at=None).exists()


# Looking ----------------------------------------------------------------------------------


def grow(world, groups):
    """More groups of three clusters with their reviewers and a facilitator."""
    for number in range(10, 10 + groups):
        group = ReviewGroupFactory(round=world.round, number=number)
        for _ in range(3):
            cluster = ClusterFactory(health_board=world.review.cluster.health_board)
            lead = UserFactory(lead_of=cluster)
            ClusterReviewFactory(
                group=group,
                reflection=SelfReflectionFactory(
                    cycle=world.round.cycle, cluster=cluster
                ),
            )
            AssignmentFactory(group=group, user=lead)
        AssignmentFactory(group=group, role="facilitator")


@pytest.mark.parametrize("actor", ["national", "officer", "facilitator", "lead"])
def test_the_page_of_a_round_asks_the_same_of_3_and_of_60_clusters(
    client, world, actor, django_assert_max_num_queries
):
    client.force_login(getattr(world, actor))
    page = url("round_detail", round="autumn")
    client.get(page)  # what is read once for a process

    with django_assert_max_num_queries(15) as few:
        client.get(page)
    grow(world, 19)
    with django_assert_max_num_queries(15) as many:
        response = client.get(page)

    assert len(few) == len(many)
    shown = sum(len(row.clusters) for row in response.context["page"].groups)
    assert shown == {"national": 61, "officer": 60}.get(actor, 3)


def test_who_sees_what_of_a_round(client, world):
    found = {}
    for actor in (
        "national",
        "officer",
        "other_officer",
        "facilitator",
        "reviewer",
        "lead",
    ):
        client.force_login(getattr(world, actor))
        page = client.get(url("round_detail", round="autumn")).context["page"]
        found[actor] = {
            row.group.number: {
                cluster.cluster.code for cluster in row.clusters if cluster.progress
            }
            for row in page.groups
        }

    everything = {1: {"afan", "peer-ogwr", "peer-tawe"}, 2: {"peer-llwchwr"}}
    assert found == {
        "national": everything,
        "officer": {1: {"afan", "peer-ogwr"}},
        "other_officer": {1: {"peer-tawe"}, 2: {"peer-llwchwr"}},
        "facilitator": {1: {"afan", "peer-ogwr", "peer-tawe"}},
        "reviewer": {1: set()},
        "lead": {1: set()},
    }


@pytest.mark.parametrize(
    ("actor", "status"),
    [("unassigned", 404), ("administrator", 404), ("lead", 200), ("outsider", 200)],
)
def test_who_opens_a_round(client, world, administrator, actor, status):
    people = {"administrator": administrator}
    client.force_login(people.get(actor) or getattr(world, actor))

    assert client.get(url("round_detail", round="autumn")).status_code == status


@pytest.mark.parametrize(
    "name", ["round_edit", "round_clusters", "round_announce", "group_add"]
)
def test_who_knows_of_a_round_and_does_not_arrange_it_is_refused(client, world, name):
    found = {}
    for actor in (
        "lead",
        "reviewer",
        "facilitator",
        "officer",
        "unassigned",
        "national",
    ):
        client.force_login(getattr(world, actor))
        found[actor] = client.get(url(name, round="autumn")).status_code

    assert found == {
        "lead": 403,
        "reviewer": 403,
        "facilitator": 403,
        "officer": 403,
        "unassigned": 404,
        "national": 302 if name in {"round_announce", "group_add"} else 200,
    }


# Everybody's page -------------------------------------------------------------------------


def test_what_is_mine_to_do(client, world):
    client.force_login(world.reviewer)

    mine = client.get(url("round_list")).context["mine"]

    assert [
        (task.group, {review.cluster.code for review in task.reads})
        for task in mine.reviewing
    ] == [(world.group, {"afan", "peer-tawe"})]
    assert [task.review for task in mine.clusters] == [world.others[0]]
    assert (mine.organised, mine.known) == ([], [world.round])


def test_whoever_arranges_rounds_sees_how_far_they_are(client, world):
    client.force_login(world.national)

    (row,) = client.get(url("round_list")).context["mine"].organised

    assert (
        row.round,
        row.group_count,
        row.cluster_count,
        row.without_group_count,
        row.submitted_count,
        row.agreed_count,
    ) == (world.round, 2, 4, 0, 4, 0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "No review concerns you at the moment"),
        ("cy", "Nid oes adolygiad yn ymwneud â chi ar hyn o bryd"),
    ],
)
def test_whom_no_review_concerns_is_told_kindly(client, world, language, said):
    client.force_login(world.unassigned)

    response = client.get(url("round_list").replace("/en/", f"/{language}/"))

    assert said in words_of(response)


def test_queries_of_everybodys_page_do_not_grow(
    client, world, django_assert_max_num_queries
):
    client.force_login(world.facilitator)
    with django_assert_max_num_queries(15) as one:
        client.get(url("round_list"))
    for number in (7, 8):
        group = ReviewGroupFactory(round=world.round, number=number)
        AssignmentFactory(group=group, user=world.facilitator)
        ClusterReviewFactory(
            group=group,
            reflection=SelfReflectionFactory(cycle=world.round.cycle),
        )

    with django_assert_max_num_queries(15) as three:
        client.get(url("round_list"))

    assert len(one) == len(three)


# The start page ---------------------------------------------------------------------------


def test_the_start_page_says_what_to_read_and_what_to_reply_to(client, world):
    world.put_into(Phase.DISCUSSING)
    Annotation.objects.create(
        review=world.review,
        submission=world.submission,
        author=world.reviewer,
        voice="reviewer",
        choice="question",
        text="Why?",
        language="en",
        shared_at=timezone.now(),
    )
    client.force_login(world.lead)

    page = words_of(client.get(reverse("home")))

    assert "Reply: 1 waiting" in page
    for review in world.others:
        assert review.cluster.name in page
    assert "Why?" not in page


def test_queries_of_the_start_page_do_not_grow_with_reviews(
    client, world, django_assert_max_num_queries
):
    client.force_login(world.facilitator)
    with django_assert_max_num_queries(15) as one:
        client.get(reverse("home"))
    for number in (7, 8):
        group = ReviewGroupFactory(round=world.round, number=number)
        AssignmentFactory(group=group, user=world.facilitator)
        ClusterReviewFactory(
            group=group, reflection=SelfReflectionFactory(cycle=world.round.cycle)
        )

    with django_assert_max_num_queries(15) as three:
        client.get(reverse("home"))

    assert len(one) == len(three)


def test_a_closed_round_leaves_the_start_page(client, world):
    world.put_into(Phase.CLOSED)

    reviews = tasks_of(world.reviewer, closed=False)

    assert (reviews.reviewing, reviews.clusters) == ([], [])
    assert len(tasks_of(world.reviewer).past_reviews) == 1


def test_a_round_that_is_sent_twice_is_planned_once(client, national, cycle):
    client.force_login(national)

    found = [client.post(url("round_add"), typed(cycle)) for _ in range(2)]
    other = client.post(url("round_add"), typed(cycle, group_size="5"))

    page = url("round_clusters", round="autumn-2030")
    assert [response.headers.get("Location") for response in found] == [page, page]
    assert other.status_code == 422
    assert ReviewRound.objects.count() == 1


@pytest.mark.parametrize("way", ["closed", "agreed", "withdrawn"])
def test_the_reason_of_a_withdrawal_is_given_back_where_it_came_too_late(
    client, world, way
):
    now = timezone.now()
    match way:
        case "closed":
            world.put_into(Phase.CLOSED)
        case "agreed":
            ClusterReview.objects.update(agreed_at=now, agreed_by=world.facilitator)
        case "withdrawn":
            ClusterReview.objects.update(withdrew_at=now, withdrew_by=world.national)
    client.force_login(world.lead)

    response = client.post(
        url("review_withdraw", round="autumn", cluster="afan"),
        {"reason": "Salwch yn y tîm.", "written_in": ""},
    )

    assert response.status_code == 409
    assert "Salwch yn y tîm." in words_of(response)
