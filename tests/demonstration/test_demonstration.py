"""The demonstration: when it refuses to be loaded, and what it holds once it is."""

import json
from collections import defaultdict
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from assessments import snapshot
from assessments.models import (
    AgreedLevel,
    Answer,
    AnswerVersion,
    Cycle,
    IndicatorValue,
    SelfReflection,
    StateChange,
    Submission,
    SubmittedOutcome,
)
from cdf_site.common import triggers
from cdf_site.demonstration import ACCOUNTS, PASSWORD, demonstration_accounts
from cdf_site.demonstration.answers import generator
from cdf_site.demonstration.hours import in_the_daytime
from cdf_site.demonstration.loading import load
from cdf_site.demonstration.plan import Stage, draft_progress, stages
from cdf_site.demonstration.review import SOURCE
from cdf_site.demonstration.words import Words, due_on, read_texts
from organisations.models import AuditEvent, Cluster, Membership, Role, User
from peerreview.models import Assignment
from peerreview.selectors.needs import meeting_needs
from reporting.learned import load_page
from reporting.models import Learned
from tests.factories import CycleFactory, UserFactory

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
IN_USE = (
    "There are people or assessment cycles in this database already: "
    "the demonstration was not loaded."
)


def run(command, *arguments):
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def load_organisations():
    call_command(
        "load_organisations", FIXTURES / "organisations.json", stdout=StringIO()
    )


def load_framework():
    call_command(
        "load_framework", FIXTURES / "framework-2022-05.json", stdout=StringIO()
    )


# Refusals -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_is_refused_outside_a_demonstration(settings):
    settings.DEMONSTRATION = False

    run("load_demonstration", "--if-empty")  # of a server that wants none
    with pytest.raises(CommandError, match=r"^Set DEMONSTRATION=1"):
        run("load_demonstration")

    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [UserFactory, CycleFactory])
def test_is_refused_where_there_is_a_person_or_a_cycle(settings, make):
    settings.DEMONSTRATION = True
    make()
    before = User.objects.count(), Cycle.objects.count()

    with pytest.raises(CommandError) as refused:
        run("load_demonstration")

    assert str(refused.value) == IN_USE
    assert (User.objects.count(), Cycle.objects.count()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("make", [UserFactory, CycleFactory])
def test_if_empty_says_so_and_loads_nothing(settings, make):
    settings.DEMONSTRATION = True
    make()
    before = User.objects.count(), Cycle.objects.count()

    said = run("load_demonstration", "--if-empty")

    assert said == f"{IN_USE}\n"
    assert (User.objects.count(), Cycle.objects.count()) == before


@pytest.mark.django_db
def test_needs_the_framework(settings):
    settings.DEMONSTRATION = True
    load_organisations()

    with pytest.raises(CommandError, match=r"^The framework is missing: first run"):
        run("load_demonstration")


@pytest.mark.django_db
def test_needs_the_organisations(settings):
    settings.DEMONSTRATION = True
    load_framework()

    with pytest.raises(
        CommandError, match=r"^The organisations are missing: first run"
    ):
        run("load_demonstration")


@pytest.mark.django_db
def test_without_a_demonstration_there_are_no_accounts(settings):
    settings.DEMONSTRATION = True

    assert json.loads(run("demo_accounts", "--json")) == []
    assert run("demo_accounts") == (
        "There are no accounts: the demonstration is not loaded, or not asked for "
        "(DEMONSTRATION=1).\n"
    )


# What is loaded -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demonstration with a few clusters of each board, once for all tests here.

    These tests do not ask for ``db``, whose end would close the connection under them.
    """
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(DEMONSTRATION=True),
    ):
        load_organisations()
        load_framework()
        load(clusters_per_board=3)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(loaded, settings):
    """The demonstration, as it was loaded: what a test changes is taken back."""
    settings.DEMONSTRATION = True
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def this_cycle():
    return Cycle.objects.current().get()


def cycle_before():
    return Cycle.objects.exclude(closed_at=None).get()


def shown_states(cycle):
    """The shown states of each board's clusters in ``cycle``."""
    states = defaultdict(set)
    for reflection in cycle.reflections.with_shown_state().select_related("cluster"):
        states[reflection.cluster.health_board_id].add(reflection.shown_state)
    return states


def test_cannot_be_loaded_twice(demonstration):
    with pytest.raises(CommandError):
        run("load_demonstration")

    assert run("load_demonstration", "--if-empty") == f"{IN_USE}\n"


def test_there_is_a_cycle_now_and_one_a_year_before(demonstration):
    now, before = this_cycle(), cycle_before()
    year = timezone.localdate().year

    assert [(cycle.name_cy, cycle.name_en) for cycle in (now, before)] == [
        (f"Hunanfyfyrio {year}", f"Self-reflection {year}"),
        (f"Hunanfyfyrio {year - 1}", f"Self-reflection {year - 1}"),
    ]
    assert now.opened_at <= timezone.now() < now.closes_at
    assert timezone.localtime(now.closes_at).hour == 17
    assert before.closed_at == before.closes_at < now.opens_at


def test_every_cluster_reflects_in_both_cycles(demonstration):
    assert Cluster.objects.count() == 60
    assert [cycle.reflections.count() for cycle in Cycle.objects.all()] == [60, 60]


def test_every_state_is_there_in_this_cycle(demonstration):
    states = set.union(*shown_states(this_cycle()).values())

    assert states == {
        "not_started",
        "draft",
        "returned",
        "submitted",
        "in_review",
        "agreed",
    }


def test_every_board_has_clusters_in_different_states(demonstration):
    states = shown_states(this_cycle())

    assert len(states) == 7
    assert min(len(states_of_board) for states_of_board in states.values()) >= 3


def test_the_cycle_before_is_closed_and_some_never_submitted(demonstration):
    states = set.union(*shown_states(cycle_before()).values())

    assert states == {"closed", "not_submitted"}


def test_the_draft_of_afan_is_half_complete_and_by_two_people(demonstration):
    reflection = (
        this_cycle().reflections.with_answered_count().get(cluster__code="afan")
    )
    writers = AnswerVersion.objects.filter(answer__reflection=reflection)

    assert (reflection.state, reflection.answered_count) == ("draft", 76)
    assert set(writers.values_list("by__email", flat=True)) == {
        "lead.afan@example.test",
        "contributor.afan@example.test",
    }


def test_one_cluster_submitted_changed_and_submitted_again(demonstration):
    reflection = this_cycle().reflections.get(cluster__code="llanelli")
    first, second = reflection.submissions.all()
    kinds = reflection.state_changes.values_list("kind", flat=True)

    assert list(kinds) == ["started", "submitted", "returned", "submitted"]
    assert first.content_hash != second.content_hash


def test_one_cluster_has_withdrawn(demonstration):
    kinds = StateChange.objects.filter(
        reflection__cycle=this_cycle(), reflection__cluster__code="newport-east"
    ).values_list("kind", flat=True)

    assert list(kinds) == ["started", "submitted", "withdrawn"]


def test_the_hashes_of_the_submissions_hold(demonstration):
    submissions = list(Submission.objects.all())

    assert len(submissions) > 20
    assert [submission.content_hash for submission in submissions] == [
        snapshot.digest(submission.content) for submission in submissions
    ]


def happened_in(reflection):
    """What happened to ``reflection``, in the order of its dates; answers as they were given."""
    answers = AnswerVersion.objects.filter(answer__reflection=reflection)
    happened = [
        *((change.at, change.kind) for change in reflection.state_changes.all()),
        (answers.filter(version=1).latest("at").at, "written"),
    ]
    if answers.filter(version=2).exists():
        happened.append((answers.filter(version=2).latest("at").at, "changed"))
    return [kind for _at, kind in sorted(happened)]


def test_everything_happened_in_its_order(demonstration):
    orders = {
        tuple(happened_in(reflection))
        for reflection in SelfReflection.objects.filter(state_changes__kind="started")
    }

    assert orders == {
        ("started", "written"),
        ("started", "written", "closed"),
        ("started", "written", "submitted"),
        ("started", "written", "submitted", "closed"),
        ("started", "written", "submitted", "withdrawn"),
        ("started", "written", "submitted", "returned"),
        ("started", "written", "submitted", "returned", "changed", "submitted"),
        ("started", "written", "submitted", "review_begun"),
        ("started", "written", "submitted", "review_begun", "agreed"),
        ("started", "written", "submitted", "review_begun", "agreed", "closed"),
    }


@pytest.mark.parametrize("which", [this_cycle, cycle_before])
def test_everything_happened_within_its_cycle(demonstration, which):
    cycle = which()
    end = cycle.closed_at or timezone.now()
    dates = [
        *StateChange.objects.filter(reflection__cycle=cycle)
        .exclude(kind="closed")
        .values_list("at", flat=True),
        *AnswerVersion.objects.filter(answer__reflection__cycle=cycle).values_list(
            "at", flat=True
        ),
    ]

    assert cycle.opens_at < min(dates) < max(dates) < end
    assert {
        at
        for at in dates
        if not time(8) <= timezone.localtime(at).time() <= time(21, 30)
    } == set()
    submitted = StateChange.objects.filter(reflection__cycle=cycle, kind="submitted")
    assert len({timezone.localdate(change.at) for change in submitted}) > 5
    closed = StateChange.objects.filter(reflection__cycle=cycle, kind="closed")
    assert {change.at for change in closed} <= {cycle.closed_at}


def test_submissions_agreements_and_the_audit_have_the_dates_of_the_changes(
    demonstration,
):
    for reflection in SelfReflection.objects.all():
        changes = [
            (change.kind, change.at) for change in reflection.state_changes.all()
        ]
        submitted = [at for kind, at in changes if kind == "submitted"]
        submissions = list(reflection.submissions.order_by("number"))
        events = AuditEvent.objects.filter(
            subject_type="assessments.selfreflection",
            subject_id=str(reflection.pk),
            kind=AuditEvent.Kind.STATE_CHANGED,
        ).order_by("pk")
        agreed = AgreedLevel.objects.filter(
            submitted_outcome__submission__reflection=reflection
        ).values_list("agreed_at", flat=True)

        assert [(event.details["kind"], event.at) for event in events] == changes
        assert [submission.submitted_at for submission in submissions] == submitted
        assert [
            json.loads(submission.content)["submitted_at"] for submission in submissions
        ] == [at.isoformat() for at in submitted]
        assert set(agreed) <= {at for kind, at in changes if kind == "agreed"}


def test_cycles_were_opened_and_closed_when_they_say(demonstration):
    events = AuditEvent.objects.filter(kind=AuditEvent.Kind.CYCLE_CHANGED)
    before, now = cycle_before(), this_cycle()

    assert [(event.subject_id, event.at) for event in events.order_by("at")] == [
        (str(before.pk), before.opens_at),
        (str(before.pk), before.closed_at),
        (str(now.pk), now.opens_at),
    ]


def test_the_loaded_rows_are_as_unchangeable_as_any(demonstration):
    names = triggers.trigger_names(connection)

    triggers.create(connection)

    assert names == triggers.trigger_names(connection)
    assert len(names) >= len(triggers.APPEND_ONLY)
    for model in (StateChange, Submission, AnswerVersion, AuditEvent, SubmittedOutcome):
        one = model.objects.filter(pk=model.objects.first().pk)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            one.update(id=F("id"))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            one._raw_delete(one.db)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-22T00:00+00:00", "2026-11-22T08:00+00:00"),
        ("2026-11-22T12:00+00:00", "2026-11-22T14:45+00:00"),
        # the day on which clocks go back has 25 hours, the one before them summer time
        ("2026-10-25T23:59:59+00:00", "2026-10-25T21:29:59.460+00:00"),
        ("2026-10-23T23:00+00:00", "2026-10-24T07:00+00:00"),
    ],
)
def test_people_work_in_the_daytime(instant, expected):
    assert in_the_daytime(datetime.fromisoformat(instant)) == datetime.fromisoformat(
        expected
    )


def test_some_submissions_are_incomplete_and_some_levels_differ(demonstration):
    rows = SubmittedOutcome.objects.filter(uses_levels=True)
    differing = rows.exclude(own_level=None).exclude(suggested_level=None)
    own_and_suggested = list(differing.values_list("own_level", "suggested_level"))

    assert set(rows.values_list("is_provisional", flat=True)) == {True, False}
    assert {own for own, suggested in own_and_suggested} == {0, 1, 2, 3}
    assert any(own != suggested for own, suggested in own_and_suggested)
    assert AgreedLevel.objects.exclude(reason="").exists()


def test_every_choice_is_made_somewhere(demonstration):
    choices = Answer.objects.filter(criterion__isnull=False).values_list(
        "choice", flat=True
    )

    assert set(choices) == {
        "met",
        "partly_met",
        "not_yet_met",
        "not_applicable",
        "strong_signs",
        "some_signs",
        "no_signs_yet",
    }
    assert not Answer.objects.filter(choice="not_applicable", text="").exists()


def test_texts_are_in_both_languages_and_all_say_that_they_are_invented(demonstration):
    marker = read_texts()["marker"]
    texts = [
        *Answer.objects.values_list("text", "language"),
        *AnswerVersion.objects.values_list("text", "language"),
        *StateChange.objects.values_list("reason", "language"),
        *AgreedLevel.objects.values_list("reason", "language"),
    ]

    written = [(text, language) for text, language in texts if text]
    assert {language for _text, language in written} == {"cy", "en"}
    assert [
        text for text, language in written if not text.endswith(marker[language])
    ] == []
    assert {language for text, language in texts if not text} == {""}


def test_some_clusters_write_welsh_some_english_and_some_both(demonstration):
    languages = defaultdict(set)
    for code, language in Answer.objects.exclude(text="").values_list(
        "reflection__cluster__code", "language"
    ):
        languages[code].add(language)

    assert set(map(frozenset, languages.values())) == {
        frozenset({"cy"}),
        frozenset({"en"}),
        frozenset({"cy", "en"}),
    }


def test_every_answer_has_its_first_version(demonstration):
    changed = AnswerVersion.objects.exclude(version=1).values_list(
        "answer__reflection__cluster__code", flat=True
    )

    assert not Answer.objects.filter(versions=None).exists()
    assert set(changed) == {"llanelli"}


def test_next_steps_of_this_cycle_lie_in_the_future(demonstration):
    days = Answer.objects.filter(
        reflection__cycle=this_cycle(), question="next_steps", dated_on__isnull=False
    ).values_list("dated_on", flat=True)

    assert min(days) > timezone.localdate()


def test_the_audit_says_that_it_was_loaded(demonstration):
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.DEMONSTRATION_LOADED)

    assert event.details == {
        "people": User.objects.count(),
        "self_reflections": SelfReflection.objects.count(),
        "answers": Answer.objects.count(),
    }


# The accounts ---------------------------------------------------------------------------


def test_the_accounts_as_json(demonstration):
    accounts = json.loads(run("demo_accounts", "--json"))

    assert {tuple(account) for account in accounts} == {
        ("role", "email", "password", "scope")
    }
    assert {account["role"] for account in accounts} == set(Role.values)
    assert accounts[0] == {
        "role": "cluster_lead",
        "email": "lead.afan@example.test",
        "password": PASSWORD,
        "scope": "Afan",
    }


def test_the_accounts_as_a_table(demonstration):
    lines = run("demo_accounts").splitlines()

    assert len(lines) == 1 + len(ACCOUNTS)
    assert lines[1].split() == [
        "cluster_lead",
        "lead.afan@example.test",
        PASSWORD,
        "Afan",
    ]


def test_the_accounts_of_the_sign_in_page(demonstration, django_assert_num_queries):
    with django_assert_num_queries(1):
        accounts = demonstration_accounts()

    assert [account.email for account in accounts] == [
        account.email for account in ACCOUNTS
    ]
    neath = next(
        account for account in accounts if account.email == "lead.neath@example.test"
    )
    assert (neath.scope_cy, neath.scope_en) == ("Castell-nedd", "Neath")


def test_two_people_have_said_what_they_need(demonstration):
    needs = [
        (account.email, account.large_print, account.shares_meeting_note)
        for account in demonstration_accounts()
        if account.large_print or account.shares_meeting_note
    ]

    assert needs == [
        ("contributor.afan@example.test", True, False),
        ("lead.penderi@example.test", True, True),
    ]


def test_whoever_facilitates_reads_what_helps_in_the_meeting(demonstration):
    facilitator = Assignment.objects.running().get(
        user__email="lead.cardiff-west@example.test"
    )

    needs = meeting_needs(facilitator.group, besides=facilitator.user)

    assert [person.email for person in needs.notes] == ["lead.penderi@example.test"]


def test_the_accounts_are_listed_in_a_demonstration_only(demonstration, settings):
    settings.DEMONSTRATION = False

    assert demonstration_accounts() == []


@pytest.mark.parametrize(
    "email", ["lead.afan@example.test", "administrator@example.test"]
)
def test_sign_in_works_with_the_password(demonstration, client, email):
    response = client.post(
        reverse("sign_in"), {"username": email, "password": PASSWORD}
    )

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)


def test_only_the_listed_accounts_can_sign_in(demonstration):
    able = [user.email for user in User.objects.all() if user.has_usable_password()]

    assert sorted(able) == sorted(account.email for account in ACCOUNTS)
    assert len(PASSWORD) >= 12


def test_people_are_named_by_role_and_place_in_their_language(demonstration):
    names = dict(User.objects.values_list("email", "name"))

    assert names["lead.afan@example.test"] == "Arweinydd, Afan"
    assert names["contributor.afan@example.test"] == "Contributor, Afan"
    assert names["officer.betsi-cadwaladr@example.test"] == "Swyddog, Betsi Cadwaladr"
    assert {email.rsplit("@")[1] for email in names} == {"example.test"}
    deputies = Membership.objects.filter(role=Role.DEPUTY_LEAD).count()
    assert Membership.objects.count() == len(names) + deputies


# How it is made up ----------------------------------------------------------------------


def test_stages_keep_their_proportions_and_neighbours_differ():
    shares = {Stage.SUBMITTED: 4, Stage.DRAFT: 2, Stage.AGREED: 1}

    plan = stages("abcdefg", shares, {"c": Stage.AGREED})

    assert plan == {
        "a": Stage.SUBMITTED,
        "b": Stage.DRAFT,
        "c": Stage.AGREED,
        "d": Stage.SUBMITTED,
        "e": Stage.SUBMITTED,
        "f": Stage.DRAFT,
        "g": Stage.SUBMITTED,
    }


def test_drafts_differ_in_how_far_they_are():
    plan = {"one": Stage.DRAFT, "two": Stage.AGREED, "afan": Stage.DRAFT}

    assert draft_progress(plan) == {"one": 0.85, "afan": 0.5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Meet before the summer.", date(2027, 5, 31)),
        ("Ready by the end of the summer.", date(2027, 8, 31)),
        ("Listen over the summer, and report in the autumn.", date(2027, 11, 15)),
        ("Agree it before Christmas.", date(2026, 12, 15)),
        ("Choose someone within the month.", date(2026, 12, 27)),
        ("Look at it again in about half a year.", date(2027, 5, 23)),
    ],
)
def test_a_next_step_is_due_when_it_says(text, expected):
    assert due_on(text, date(2026, 11, 22), generator("any")) == expected


def test_no_text_is_said_twice_before_all_were_said():
    texts = {"marker": {"en": "Invented."}, "notes": [{"en": str(n)} for n in range(4)]}
    words = Words(texts, generator("any"))

    said = [words.say("en", "notes") for _time in range(8)]

    assert sorted(said[:4]) == sorted(said[4:]) == [f"{n} Invented." for n in range(4)]


# Figures --------------------------------------------------------------------------------


def test_every_indicator_has_figures_that_say_they_are_invented(demonstration):
    values = IndicatorValue.objects.values("indicator__code").annotate(
        periods=Count("period_start", distinct=True),
        clusters=Count("cluster", distinct=True),
    )

    found = {row["indicator__code"]: row["periods"] for row in values}
    assert found == {
        "flu-vaccination-65": 3,
        "childhood-vaccinations-4": 8,
        "antibiotic-items": 8,
        "same-day-urgent-contacts": 12,
        "pharmacy-consultations": 8,
        "emergency-admissions": 8,
        "agreed-care-plans": 3,
        "vacant-posts": 8,
    }
    assert {row["clusters"] for row in values} == {60}
    assert set(IndicatorValue.objects.values_list("source", flat=True)) == {SOURCE}


def test_some_figures_are_missing_and_rates_have_their_population(demonstration):
    values = IndicatorValue.objects.all()

    assert 0.9 < values.count() / (60 * (2 * 3 + 5 * 8 + 12)) < 0.97
    rates = values.filter(indicator__unit="per_1000")
    assert not rates.filter(population=None).exists()
    assert not rates.exclude(denominator=F("population__people")).exists()
    assert not rates.filter(population__year__gt=F("period_start__year")).exists()


def test_there_is_a_public_page_of_what_was_learned(demonstration):
    learned = Learned.objects.get()
    officer = User.objects.get(email="national@example.test")

    page, public = (load_page(learned, reader) for reader in (officer, AnonymousUser()))

    assert (learned.is_public, public.is_for_everybody) == (True, True)
    assert 4 <= len(page.entries) <= 6
    assert len(public.entries) == 3
    assert "invented" in public.introduction.text_en
    assert "wedi'i ddyfeisio" in public.introduction.text_cy
