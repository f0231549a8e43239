"""Every page of peer review and of actions, by who opens it and in which phase, as a table.

The columns are the people around Afan's review. 404: not to be known of; 403: known of, but not open
to them; 302: leads on. What each may write is in the tests of the pages themselves.
"""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import ReviewAccess
from peerreview.models import (
    Annotation,
    Assignment,
    Finding,
    GoodPractice,
    Meeting,
    ReviewRound,
)
from tests.factories import UserFactory
from tests.peerreview.world import Phase
from tests.steps import outcome_of
from tests.test_permission_matrix import own_routes

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "reviewer", "facilitator"),
    *("outsider", "unassigned", "officer", "other_officer"),
    *("national", "administrator", "superuser", "nobody"),
)
PLANNED = "planned"  # nobody was told of the round yet
BEFORE, AFTER = (PLANNED,), (Phase.CLOSED,)
EARLY = (Phase.READING, Phase.ANNOTATING)
MEETING = (Phase.DISCUSSING, Phase.AGREEING)
RUNNING = (*EARLY, *MEETING)
ANNOUNCED = (*RUNNING, *AFTER)
ALL = (*BEFORE, *ANNOUNCED)
OVER = (*BEFORE, *AFTER)  # nobody reviews
OWN = ("peerreview:", "actions:", "reporting:review_record", "reporting:group_record")
# Slow to draw: those stand for the others.
DRAWN = {"reporting:review_record_pdf", "reporting:group_record_pdf"}
DRAWN_FOR = ("lead", "reviewer", "outsider", "superuser")

# name, phases, lead contributor reviewer facilitator | outsider unassigned officer other_officer
#                | national administrator superuser nobody
ROUTES = [
    ("actions:action_add", OVER, "200 200 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("actions:action_add", RUNNING, "200 200 403 200 | 404 404 403 404 | 403 404 404 404"),
    ("actions:action_detail", OVER, "200 200 404 404 | 404 404 200 404 | 200 404 404 404"),
    ("actions:action_detail", RUNNING, "200 200 200 200 | 404 404 200 404 | 200 404 404 404"),
    ("actions:action_edit", OVER, "200 200 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("actions:action_edit", RUNNING, "200 200 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("actions:action_escalate", OVER, "200 403 404 404 | 404 404 200 404 | 403 404 404 404"),
    ("actions:action_escalate", RUNNING, "200 403 403 403 | 404 404 200 404 | 403 404 404 404"),
    ("actions:action_list", ALL, "200 200 200 200 | 200 200 200 200 | 200 200 200 200"),
    ("actions:action_status", OVER, "200 200 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("actions:action_status", RUNNING, "200 200 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:agreement_check", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:agreement_check", RUNNING, "403 403 403 200 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:agreement_check", AFTER, "403 403 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:annotation_history", OVER, "404 404 404 404 | 404 404 404 404 | 404 404 404 404"),
    ("peerreview:annotation_history", RUNNING, "404 404 200 404 | 404 404 404 404 | 404 404 404 404"),
    ("peerreview:assignment_add", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:assignment_add", ANNOUNCED, "403 403 403 403 | 404 404 403 403 | 200 404 404 404"),
    ("peerreview:assignment_decline", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:assignment_decline", RUNNING, "200 403 200 200 | 404 404 403 403 | 403 404 404 404"),
    ("peerreview:assignment_decline", AFTER, "302 403 302 302 | 404 404 403 403 | 403 404 404 404"),
    ("peerreview:assignment_remove", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:assignment_remove", ANNOUNCED, "403 403 403 403 | 404 404 403 403 | 200 404 404 404"),
    ("peerreview:assignment_replace", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:assignment_replace", ANNOUNCED, "403 403 403 403 | 404 404 403 403 | 200 404 404 404"),
    ("peerreview:cluster_record", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:cluster_record", RUNNING, "200 200 200 200 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:cluster_record", AFTER, "200 200 404 404 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:contact_ask", RUNNING, "403 403 200 200 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:contact_ask", OVER, "403 403 200 403 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:finding_history", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:finding_history", RUNNING, "403 403 200 200 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:finding_history", AFTER, "403 403 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:group_add", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:group_add", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:group_detail", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:group_detail", ANNOUNCED, "200 200 200 200 | 404 404 200 200 | 200 404 404 404"),
    ("peerreview:group_edit", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:group_edit", ANNOUNCED, "403 403 403 403 | 404 404 403 403 | 200 404 404 404"),
    ("peerreview:group_record", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:group_record", ANNOUNCED, "200 200 200 200 | 404 404 200 200 | 200 404 404 404"),
    ("peerreview:group_remove", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:group_remove", ANNOUNCED, "403 403 403 403 | 404 404 403 403 | 302 404 404 404"),
    ("peerreview:groups_suggest", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:groups_suggest", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:groups_use", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:groups_use", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:interest_declare", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:interest_declare", RUNNING, "403 403 200 200 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:interest_declare", AFTER, "403 403 302 302 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:interest_take_back", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:interest_take_back", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:library_list", RUNNING, "200 200 200 200 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:library_list", OVER, "200 200 200 403 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:meeting_detail", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:meeting_detail", ANNOUNCED, "200 200 200 200 | 404 404 200 200 | 200 404 404 404"),
    ("peerreview:meeting_end", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:meeting_end", ANNOUNCED, "403 403 403 200 | 404 404 403 403 | 403 404 404 404"),
    ("peerreview:meeting_step", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:meeting_step", EARLY, "403 403 200 200 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:meeting_step", MEETING, "200 200 200 200 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:meeting_step", AFTER, "200 200 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:practice_add", BEFORE, "404 404 404 404 | 404 404 404 404 | 404 404 404 404"),
    ("peerreview:practice_add", EARLY, "404 404 403 403 | 404 404 404 404 | 404 404 404 404"),
    ("peerreview:practice_add", MEETING, "200 403 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:practice_add", AFTER, "200 403 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:practice_detail", RUNNING, "200 200 200 200 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:practice_detail", OVER, "200 200 200 403 | 200 200 200 200 | 200 200 403 403"),
    ("peerreview:practice_edit", ALL, "200 403 403 403 | 403 403 403 403 | 403 403 403 403"),
    ("peerreview:practice_withdraw", ALL, "302 403 403 403 | 403 403 403 403 | 403 403 403 403"),
    ("peerreview:replies_edit", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:replies_edit", RUNNING, "200 200 200 200 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:replies_edit", AFTER, "200 200 404 404 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:replies_history", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:replies_history", RUNNING, "200 200 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:replies_history", AFTER, "200 200 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:replies_send", BEFORE, "404 404 404 404 | 404 404 404 404 | 403 404 404 404"),
    ("peerreview:replies_send", EARLY, "302 302 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:replies_send", MEETING, "200 200 403 403 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:replies_send", AFTER, "302 302 404 404 | 404 404 403 404 | 403 404 404 404"),
    ("peerreview:review_detail", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:review_detail", RUNNING, "200 200 200 200 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:review_detail", AFTER, "200 200 404 404 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:review_move", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:review_move", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:review_outcome", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:review_outcome", RUNNING, "200 200 200 200 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:review_outcome", AFTER, "200 200 404 404 | 404 404 200 404 | 200 404 404 404"),
    ("peerreview:review_take_back", BEFORE, "404 404 404 404 | 404 404 404 404 | 302 404 404 404"),
    ("peerreview:review_take_back", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:review_withdraw", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:review_withdraw", RUNNING, "200 403 403 403 | 404 404 403 404 | 200 404 404 404"),
    ("peerreview:review_withdraw", AFTER, "403 403 404 404 | 404 404 403 404 | 200 404 404 404"),
    ("peerreview:round_add", ALL, "403 403 403 403 | 403 403 200 200 | 200 403 403 403"),
    ("peerreview:round_announce", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:round_announce", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 302 404 404 404"),
    ("peerreview:round_clusters", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:round_clusters", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 200 404 404 404"),
    ("peerreview:round_detail", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:round_detail", ANNOUNCED, "200 200 200 200 | 200 404 200 200 | 200 404 404 404"),
    ("peerreview:round_edit", BEFORE, "404 404 404 404 | 404 404 404 404 | 200 404 404 404"),
    ("peerreview:round_edit", ANNOUNCED, "403 403 403 403 | 403 404 403 403 | 200 404 404 404"),
    ("peerreview:round_list", ALL, "200 200 200 200 | 200 200 200 200 | 200 200 200 200"),
    ("reporting:group_record_pdf", BEFORE, "404 ... 404 ... | 404 ... ... ... | ... ... 404 ..."),
    ("reporting:group_record_pdf", ANNOUNCED, "200 ... 200 ... | 404 ... ... ... | ... ... 404 ..."),
    ("reporting:review_record_pdf", BEFORE, "404 ... 404 ... | 404 ... ... ... | ... ... 404 ..."),
    ("reporting:review_record_pdf", RUNNING, "200 ... 200 ... | 404 ... ... ... | ... ... 404 ..."),
    ("reporting:review_record_pdf", AFTER, "200 ... 404 ... | 404 ... ... ... | ... ... 404 ..."),
]  # fmt: skip


@pytest.fixture
def people(world, administrator, superuser):
    known = {name: getattr(world, name, None) for name in ACTORS}
    return known | {
        "administrator": administrator,
        "superuser": superuser,
        "nobody": UserFactory(email="nobody@example.test"),
    }


@pytest.fixture
def where(world):
    """Arguments of every address, of things that are there."""
    outcome = outcome_of(world.review.reflection)
    written = {
        "review": world.review,
        "submission": world.submission,
        "outcome": outcome,
        "text": "Said.",
        "language": "en",
        "shared_at": timezone.now(),
    }
    annotation = Annotation.objects.create(
        **written, author=world.reviewer, voice="reviewer", choice="good_practice"
    )
    other = Annotation.objects.create(
        **written, author=world.reviewer, voice="reviewer", choice="good_practice"
    )
    practice = GoodPractice.objects.create(
        annotation=other,
        cluster=world.review.reflection.cluster,
        outcome=outcome,
        title="Ours",
        text="What we do.",
        language="en",
        contact=world.lead,
        consented_by=world.lead,
    )
    action = services.add_action(
        reflection=world.review.reflection, text="Ours.", language="en", by=world.lead
    )
    Meeting.objects.create(
        group=world.group,
        started_by=world.facilitator,
        agenda=[[world.review.pk, outcome.pk]],
    )
    return {
        "cycle": world.round.cycle.code,
        "cluster": world.review.reflection.cluster.code,
        "round": world.round.code,
        "group": world.group.number,
        "module": "LEVELS",
        "number": 1,
        "position": 1,
        "language": "cy",
        "annotation": annotation.key,
        "practice": practice.pk,
        "action": action.pk,
        "finding": Finding.objects.create(**written, part="conclusion", choice="2").pk,
        "assignment": Assignment.objects.get(group=world.group, user=world.reviewer).pk,
        "person": world.reviewer.pk,
    }


def statuses(client, world, people, where, phase, names):
    """What each of the people gets for each of ``names``."""
    world.put_into(Phase.READING if phase == PLANNED else phase)
    if phase == PLANNED:
        ReviewRound.objects.update(announced_at=None, announced_by=None)
    if phase in RUNNING:
        services.begin_review(reflection=world.review.reflection, by=world.reviewer)
    if phase in {PLANNED, Phase.CLOSED}:  # as they are derived
        ReviewAccess.objects.update(ends_at=timezone.now())
    taken = dict(own_routes())
    found = {name: [] for name in names}
    for actor in ACTORS:
        client.force_login(people[actor])
        for name, row in found.items():
            if name in DRAWN and actor not in DRAWN_FOR:
                row.append("...")
                continue
            address = reverse(name, kwargs={key: where[key] for key in taken[name]})
            row.append(str(client.get(address).status_code))
    return found


# Where the table makes no difference between two phases, one stands for both. On every database in
# the one in which the most is open; who sees what: test_reading.py.
@pytest.mark.parametrize(
    "phase",
    [
        pytest.param(
            phase,
            marks=() if phase == Phase.AGREEING else pytest.mark.once,
            id=str(phase),
        )
        for phase in (PLANNED, Phase.ANNOTATING, Phase.AGREEING, Phase.CLOSED)
    ],
)
def test_who_opens_a_page_of_a_review(client, world, people, where, phase):
    expected = {
        name: row.replace("|", " ").split()
        for name, phases, row in ROUTES
        if phase in phases
    }

    found = statuses(client, world, people, where, phase, expected)

    assert found == expected


def test_every_page_of_a_review_is_in_the_table_for_every_phase():
    names = {name for name, _keys in own_routes() if name.startswith(OWN)}

    assert {(name, phase) for name, phases, _ in ROUTES for phase in phases} == {
        (name, phase) for name in names for phase in ALL
    }
