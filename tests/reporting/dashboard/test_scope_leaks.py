"""Words and figures are looked for in every view and file of the dashboard, for each who reads it.

Each canary is a word or a number that occurs nowhere else, with those who may read it. Every address
is opened by everybody: of Wales, of a board, and of the cluster that most is known of. What programs
read: test_api.py.
"""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import services
from assessments.models import (
    Answer,
    FactorChoice,
    IndicatorValue,
    ReviewAccess,
    View,
)
from assessments.subjects import Subject
from frameworks.models import EnablingFactor
from reporting.exhibits import EXHIBITS
from reporting.models import Commentary
from tests.factories import IndicatorFactory, UserFactory
from tests.peerreview.world import build_review_world
from tests.steps import answer_all, entry, outcome_of, save, submit, words_of
from tests.test_permission_matrix import own_routes

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the querysets: test_scopes.py

DAY = datetime.timedelta(days=1)
REVIEWERS = {"reviewer", "second_reviewer"}  # a facilitator reads in the round alone
AFAN = {"lead", "contributor", "officer", "national"}


@pytest.fixture
def world(reflection, lead, contributor, officer, other_officer, national):
    """Afan has said something of everything before the round began."""
    answer_all(reflection, by=lead)
    factor = EnablingFactor.objects.filter(edition=reflection.cycle.edition).first()
    save(
        reflection,
        entry(words_of(reflection), "Said so: canarysubmitted"),
        entry(
            Subject(enabling_factor_id=factor.pk),
            "Said so: canaryfactor",
            base=1,
            choice=FactorChoice.HINDERS,
        ),
        by=lead,
    )
    View.objects.create(
        reflection=reflection,
        outcome=outcome_of(reflection),
        by=contributor,
        choice="2",
        text="canaryview",
        language="en",
    )
    submit(reflection, by=lead)
    for text, closing in (("canaryaction", ""), ("Another", "canarychanged")):
        action = services.add_action(
            reflection=reflection, text=text, language="en", by=lead
        )
        if closing:
            services.set_action_status(
                action=action,
                base_version=action.version,
                status="done",
                note=closing,
                language="en",
                by=lead,
            )
    world = build_review_world(
        reflection=reflection,
        lead=lead,
        contributor=contributor,
        officer=officer,
        other_officer=other_officer,
        national=national,
    )
    _draft(world)
    _figures(world)
    _commentary(world)
    return world


def _draft(world):
    ogwr = world.others[0].reflection
    services.return_reflection(
        reflection=ogwr, by=world.officer, reason="More, please.", language="en"
    )
    ogwr.refresh_from_db()
    written = Answer.objects.get(reflection=ogwr)
    saved = entry(words_of(ogwr), "Said so: canarydraft", base=written.version)
    save(ogwr, saved, by=world.reviewer)


def _figures(world):
    """One figure of Afan and one of Tawe, which another board's officer entered."""
    indicator = IndicatorFactory(edition=world.round.cycle.edition, code="visits")
    starts_on = timezone.localdate().replace(month=1, day=1)
    for review, number, officer in (
        (world.review, 7_654_321, world.officer),
        (world.others[1], 1_234_577, world.other_officer),
    ):
        IndicatorValue.objects.create(
            indicator=indicator,
            cluster=review.reflection.cluster,
            period_start=starts_on,
            numerator=number,
            denominator=10_000_000,
            entered_by=officer,
        )


def _commentary(world):
    for scope, exhibit, text, shared_at in (
        ("cluster-afan", "", "canaryofcluster", timezone.now()),
        ("cluster-afan", "actions", "canarywithdrawn", None),
        ("wales", "actions", "canaryofwales", None),
    ):
        Commentary.objects.create(
            scope=scope,
            cycle=world.round.cycle,
            exhibit=exhibit,
            written_for="en",
            text=text,
            language="en",
            shared_at=shared_at,
            choice="shown" if shared_at else "",
        )


def people(world, **others):
    day = DAY
    past = UserFactory(email="past@example.test")
    now = timezone.now()
    ReviewAccess.objects.create(
        reflection=world.review.reflection,
        user=past,
        starts_at=now - 2 * day,
        ends_at=now - day,
    )
    return {
        name: getattr(world, name)
        for name in (
            *("lead", "contributor", "reviewer", "second_reviewer", "outsider"),
            *("unassigned", "facilitator", "officer", "other_officer", "national"),
        )
    } | {"past": past, **others}


def addresses():
    """Every address of the dashboard that can be read, in each way it can be filled here."""
    exhibits = {"commentary": ["actions"], "commentary_history": ["actions"]}
    for name, keys in sorted(own_routes()):
        view = name.removeprefix("dashboard:")
        if view in (name, "start", "pdf", "exhibit_xlsx", "commentary_restore"):
            continue  # what has the same exhibits: test_documents.py, test_exports.py
        for scope in ("wales", "cluster-afan"):
            for exhibit in exhibits.get(view, EXHIBITS if "exhibit" in keys else [""]):
                known = {"scope": scope, "exhibit": exhibit}
                if set(keys) <= set(known):
                    yield reverse(name, kwargs={key: known[key] for key in keys})
    yield reverse("dashboard:needs", args=["wales"], query={"q": "said"})
    yield reverse("dashboard:needs", args=["board-7A0"], query={"q": "canary"})
    for view in ("overview", "levels", "actions", "variation", "facts_csv"):
        yield reverse(f"dashboard:{view}", args=["board-7A0"])
    yield reverse("dashboard:actions", args=["wales"], query={"list": "changed"})
    areas = {"areas": "cluster"}
    yield reverse("dashboard:variation", args=["wales"], query=areas)
    yield reverse("dashboard:exhibit_csv", args=["wales", "variation"], query=areas)


def words_in(response):
    """What a page or file says, with numbers written as one row of digits."""
    body = (
        b"".join(response.streaming_content) if response.streaming else response.content
    )
    return re.sub(r"(?<=\d)[,\u00a0](?=\d{3})", "", body.decode("utf-8", "replace"))


def test_nobody_reads_on_the_dashboard_what_is_not_theirs(
    client, world, translator, administrator, superuser
):
    allowed = {
        "canarysubmitted": AFAN | REVIEWERS,
        "canaryfactor": AFAN | REVIEWERS,
        "canaryaction": AFAN | REVIEWERS,
        "canarychanged": AFAN | REVIEWERS,
        "canaryview": set(),
        "canarydraft": set(),
        "canaryofcluster": AFAN | REVIEWERS,
        "canarywithdrawn": {"officer", "national"},
        "canaryofwales": {"national"},
        "7654321": AFAN | REVIEWERS,
        # Reviewers read what those whom they review submitted, and so their figures.
        "1234577": {"lead", "national", "other_officer"} | REVIEWERS,
        "8888898": {"lead", "national"} | REVIEWERS,
    }
    pages = list(addresses())
    assert len(pages) > 70

    found = {word: set() for word in allowed}
    for actor, person in people(
        world, translator=translator, administrator=administrator, superuser=superuser
    ).items():
        client.force_login(person)
        for address in pages:
            response = client.get(address)
            assert response.status_code < 500, f"{actor}: {address}"
            said = words_in(response)
            for word in allowed:
                if word in said:
                    found[word].add(actor)

    # That each is read by those who may shows that there was something to find.
    assert found == allowed
