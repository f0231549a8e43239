"""Packs: who may ask, what is asked for, and the states that many workers share. Nothing is drawn."""

import datetime

import pytest
import time_machine
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.services import return_reflection
from notifications.models import Message
from organisations.models import AuditEvent, Membership, User
from reporting import tasks
from reporting.models import Pack, PackPart
from reporting.models.packs import MOST_CLAIMS, MOST_FAILURES, Fault
from reporting.packs import files, making
from reporting.pdf import stored
from reporting.services import packs as services
from tests.assessments.test_concurrency import at_once
from tests.factories import ClusterFactory, SelfReflectionFactory
from tests.reporting.packing import ask, some_submissions, submitted_by
from tests.steps import submit

pytestmark = pytest.mark.django_db

NAMES = [("Tywi", "Towy"), ("Llanelli", "Llanelli"), ("Lonlas", "Zenith")]
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def submissions(cycle, board):
    return some_submissions(cycle, board, NAMES)


@pytest.fixture
def pack(cycle, board, submissions, officer):
    return ask(cycle, officer, board)


def parts_of(pack, *fields):
    return list(pack.parts.in_order().values_list(*fields))


def state_of(pack):
    return Pack.objects.get(pk=pack.pk).state


def finish_all(pack, pages=2):
    """Every document that can be had is said to be drawn."""
    for part in pack.parts.in_order():
        claimed = services.claim_part(part=part.pk)
        if claimed:
            services.finish_part(part=claimed, pages=pages)


def made(pack, size=1000):
    finish_all(pack)
    services.finish_pack(pack=services.claim_pack(pack=pack.pk), size=size)
    return Pack.objects.get(pk=pack.pk)


def waiting(task):
    return DBTaskResult.objects.filter(
        status="READY", task_path=task.module_path
    ).count()


# Asking ---------------------------------------------------------------------------------


def test_a_pack_holds_the_latest_submission_of_each_cluster(
    cycle, board, submissions, officer
):
    again = submissions[0].reflection
    lead = Membership.objects.get(cluster=again.cluster).user
    return_reflection(reflection=again, by=officer, reason="More.", language="en")
    again.refresh_from_db()
    latest = submit(again, by=lead)
    SelfReflectionFactory(
        cycle=cycle,
        cluster=ClusterFactory(health_board=board, name_cy="Cwm", name_en="Vale"),
    )
    submitted_by(cycle, ClusterFactory())  # of another board

    pack = ask(cycle, officer, board)

    assert parts_of(pack, "name_cy", "name_en", "submission", "state") == [
        ("Lonlas", "Zenith", submissions[2].pk, "waiting"),  # o before l l
        ("Llanelli", "Llanelli", submissions[1].pk, "waiting"),
        ("Tywi", "Towy", latest.pk, "waiting"),
    ]
    assert pack.not_submitted == [{"cy": "Cwm", "en": "Vale"}]
    assert (pack.state, pack.asked_by, pack.scope.place) == ("waiting", officer, board)
    event = AuditEvent.objects.get(subject_type="reporting.pack")
    assert (event.by, event.details["documents"]) == (officer, 3)
    assert (waiting(tasks.draw_part), waiting(tasks.watch_pack)) == (3, 1)


def test_english_packs_stand_in_the_english_alphabet(cycle, submissions, national):
    pack = ask(cycle, national, language="en")

    assert parts_of(pack, "name_en") == [("Llanelli",), ("Towy",), ("Zenith",)]
    assert pack.scope.place is None


def test_pressing_twice_asks_for_one_pack(cycle, board, pack, officer):
    assert ask(cycle, officer, board) == pack
    assert ask(cycle, officer, board, language="en") != pack
    assert waiting(tasks.draw_part) == 6


@pytest.mark.parametrize("who", ["lead", "other_officer", "superuser", "administrator"])
def test_who_may_not_ask(cycle, board, submissions, request, who):
    with pytest.raises(PermissionDenied):
        ask(cycle, request.getfixturevalue(who), board)

    assert not Pack.objects.exists()


def test_a_board_asks_for_itself_alone(cycle, submissions, officer):
    with pytest.raises(PermissionDenied):
        ask(cycle, officer)


def test_nothing_is_packed_where_nothing_was_submitted(cycle, board, officer):
    with pytest.raises(services.NothingToPack):
        ask(cycle, officer, board)


def test_one_person_has_so_many_at_once(cycle, board, pack, officer, monkeypatch):
    monkeypatch.setattr(services, "MOST_AT_ONCE", 1)

    with pytest.raises(services.TooManyPacks):
        ask(cycle, officer, board, form="bound")

    services.cancel_pack(pack=pack, by=officer)
    assert ask(cycle, officer, board, form="bound").form == "bound"


# A document is one worker's at a time -----------------------------------------------------


def test_a_document_is_taken_up_once(pack):
    first, *_others = pack.parts.in_order()

    mine = services.claim_part(part=first.pk)

    assert (mine.state, mine.claims) == ("drawing", 1)
    assert services.claim_part(part=first.pk) is None
    assert state_of(pack) == "making"
    assert services.finish_part(part=mine, pages=2)
    assert services.claim_part(part=first.pk) is None
    assert parts_of(pack, "state", "pages")[0] == ("done", 2)


def test_whose_lease_ran_out_undoes_nothing_of_the_next(pack):
    number = pack.parts.in_order()[0].pk
    lost = services.claim_part(part=number)

    with time_machine.travel(timezone.now() + services.LEASE + SECOND, tick=False):
        found = services.claim_part(part=number)
        assert not services.finish_part(part=lost, pages=9)
        assert not services.fail_part(part=lost, fault=Fault.NOT_DRAWN)
        assert services.finish_part(part=found, pages=2)

    assert parts_of(pack, "state", "pages", "claims")[0] == ("done", 2, 2)


def test_what_fails_three_times_is_named(pack):
    number = pack.parts.in_order()[0].pk

    again = [
        services.fail_part(part=services.claim_part(part=number), fault=Fault.TOO_LONG)
        for _time in range(MOST_FAILURES)
    ]

    assert again == [True, True, False]
    assert parts_of(pack, "state", "fault")[0] == ("failed", "too_long")
    finish_all(pack)
    assert made(pack).state == "partial"


def test_what_kills_its_workers_is_given_up_in_the_end(pack):
    number = pack.parts.in_order()[0].pk
    PackPart.objects.filter(pk=number).update(claims=MOST_CLAIMS - 1)
    services.claim_part(part=number)

    with time_machine.travel(timezone.now() + services.LEASE + SECOND, tick=False):
        assert services.claim_part(part=number) is None
        tasks.resume_pack(pack)

    assert parts_of(pack, "state", "fault")[0] == ("failed", "crashed")


def test_what_may_not_be_read_any_more_is_not_drawn(pack, officer):
    Membership.objects.filter(user=officer).delete()
    number = pack.parts.in_order()[0].pk

    assert not making.draw_part(number)

    assert parts_of(pack, "state", "fault", "failures")[0] == ("failed", "refused", 1)


def test_a_pack_is_put_together_when_nothing_is_left_to_draw(pack, officer):
    first, *_others = pack.parts.in_order()
    last = services.claim_part(part=first.pk)
    finish_all(pack)
    assert services.claim_pack(pack=pack.pk) is None
    services.finish_part(part=last, pages=2)

    mine = services.claim_pack(pack=pack.pk)

    assert services.claim_pack(pack=pack.pk) is None
    assert services.finish_pack(pack=mine, size=1000)
    assert not services.finish_pack(pack=mine, size=1000)
    pack.refresh_from_db()
    assert (pack.state, pack.size) == ("ready", 1000)
    message = Message.objects.get(kind="pack_ready")
    assert (message.recipient, message.facts["count"], message.facts["failed"]) == (
        officer,
        3,
        0,
    )
    assert message.facts["link"]["cy"] == f"/cy/packs/{pack.pk}/"


def test_a_pack_that_cannot_be_put_together_is_given_up(pack):
    finish_all(pack)
    for time in range(services.MOST_BINDINGS + 1):
        later = timezone.now() + time * (services.BINDING_LEASE + SECOND)
        with time_machine.travel(later, tick=False):
            services.claim_pack(pack=pack.pk)

    pack.refresh_from_db()
    assert (pack.state, pack.fault) == ("failed", "crashed")


def test_nothing_more_is_made_of_what_was_cancelled(pack, officer, national):
    part = services.claim_part(part=pack.parts.in_order()[0].pk)
    assert not services.cancel_pack(pack=pack, by=national)  # it is not theirs

    assert services.cancel_pack(pack=pack, by=officer)

    assert not services.cancel_pack(pack=pack, by=officer)
    services.finish_part(part=part, pages=2)
    finish_all(pack)
    assert services.claim_pack(pack=pack.pk) is None
    assert parts_of(pack, "state") == [("done",), ("waiting",), ("waiting",)]
    assert state_of(pack) == "cancelled"


# What was lost is asked for again -----------------------------------------------------------


def test_what_is_in_the_queue_is_not_asked_for_again(pack):
    tasks.resume_pack(pack)

    assert (waiting(tasks.draw_part), waiting(tasks.watch_pack)) == (3, 1)


def test_what_was_lost_is_asked_for_again(pack):
    """One worker took its task and nothing more; another began its document and was gone."""
    DBTaskResult.objects.all().update(status="RUNNING")
    services.claim_part(part=pack.parts.in_order()[1].pk)

    tasks.resume_pack(pack)
    assert (waiting(tasks.draw_part), waiting(tasks.watch_pack)) == (2, 1)

    with time_machine.travel(timezone.now() + services.LEASE + SECOND, tick=False):
        tasks.watch_pack.call(pack.pk)
    assert waiting(tasks.draw_part) == 3


def test_what_was_drawn_and_never_put_together_is_asked_for_again(pack):
    finish_all(pack)
    DBTaskResult.objects.all().delete()

    for _time in range(2):
        tasks.resume_pack(pack)

    assert (waiting(tasks.draw_part), waiting(tasks.put_together)) == (0, 1)


def test_nothing_is_asked_for_of_what_is_done(pack):
    pack = made(pack)
    DBTaskResult.objects.all().delete()

    tasks.resume_pack(pack)
    tasks.watch_pack.call(pack.pk)

    assert not DBTaskResult.objects.exists()


# Files ----------------------------------------------------------------------------------------


def test_a_file_goes_when_its_week_is_over(
    pack, cycle, board, officer, settings, tmp_path
):
    settings.DOCUMENTS_ROOT = tmp_path
    old = made(pack)
    under_way = ask(cycle, officer, board, form="bound")
    for path in (files.path_of(old), files.path_of(under_way)):
        with stored.written(path) as file:
            file.write(b"words")
    assert files.tidy() == 0
    assert old.has_file

    with time_machine.travel(old.expires_at + SECOND, tick=False):
        assert not old.has_file
        assert not Pack.objects.with_file().exists()
        assert files.tidy() == 1

    old.refresh_from_db()
    assert (old.state, old.size, old.is_expired) == ("expired", None, True)
    assert not files.path_of(old).exists()
    assert files.path_of(under_way).exists()


def test_commands_do_what_nobody_else_did(pack, capsys):
    DBTaskResult.objects.all().delete()

    call_command("resume_packs")
    call_command("tidy_documents")

    assert waiting(tasks.draw_part) == 3
    assert capsys.readouterr().out == (
        "Packs that are being made: 1\nRemoved: 0 of packs, 0 documents\n"
    )


def test_the_queue_has_no_page_in_the_administration():
    assert DBTaskResult not in admin.site._registry


# The database -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "ready"},
        {"state": "failed", "finished_at": timezone.now()},
        {"state": "cancelled"},
        {"state": "waiting", "lease_until": timezone.now()},
        {"size": 1},
        {"fault": "too_long"},
    ],
)
def test_the_database_refuses_a_pack_that_cannot_be(pack, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Pack.objects.filter(pk=pack.pk).update(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "drawing"},
        {"state": "done"},
        {"state": "failed"},
        {"pages": 1},
        {"lease_until": timezone.now()},
    ],
)
def test_the_database_refuses_a_document_that_cannot_be(pack, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        PackPart.objects.filter(pk=pack.parts.in_order()[0].pk).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_take_up_a_document_once(pack):
    number = pack.parts.in_order()[0].pk

    claimed = at_once(*[lambda: services.claim_part(part=number)] * 8)

    assert [part.claims for part in claimed if part] == [1]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_put_a_pack_together_once(pack):
    finish_all(pack)

    claimed = at_once(*[lambda: services.claim_pack(pack=pack.pk)] * 8)

    assert [each.claims for each in claimed if each] == [1]


@pytest.mark.django_db(transaction=True)
def test_six_presses_at_once_are_one_pack(cycle, board, submissions, officer):
    packs = at_once(*[lambda: ask(cycle, User.objects.get(pk=officer.pk), board)] * 6)

    assert len({pack.pk for pack in packs}) == 1
    assert PackPart.objects.count() == 3
