"""Reading a submission as its peers do: what the pages show, to whom, at what cost."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from assessments import services as services_of_reflections
from assessments.models import IndicatorValue, SelfReflection
from organisations.permissions import Permission, holds
from peerreview.models import Annotation, ReviewRound
from peerreview.selectors.annotations import A_PAGE, A_PLACE
from peerreview.selectors.reviews import part_in
from peerreview.services.reviews import begin_reading
from tests.factories import (
    CycleFactory,
    IndicatorFactory,
    SelfReflectionFactory,
)
from tests.factories.peerreview import ClusterReviewFactory, ReviewGroupFactory
from tests.peerreview.pages import (
    criterion_here,
    outcome_here,
    outcome_page,
    review_page,
    sent,
    shared,
    write,
)
from tests.peerreview.world import Phase, let_read
from tests.steps import (
    State,
    criterion_subject,
    entry,
    save,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db

ACTORS = (
    *("lead", "contributor", "reviewer", "second_reviewer", "outsider", "unassigned"),
    *("facilitator", "officer", "other_officer", "national"),
)
SEEN = "200 200 200 200 404 404 200 200 404 200"
# What each of ACTORS gets who opens the pages, and who sends a remark and a reply to a shared one.
PHASES = [
    # phase, opens, annotates, replies
    (
        Phase.READING,
        SEEN,
        "409 409 302 302 404 404 302 403 404 403",
        "409 409 302 409 404 404 302 403 404 403",
    ),
    (
        Phase.ANNOTATING,
        SEEN,
        "409 409 302 302 404 404 302 403 404 403",
        "409 409 302 409 404 404 302 403 404 403",
    ),
    (
        Phase.DISCUSSING,
        SEEN,
        "409 409 302 302 404 404 302 403 404 403",
        "302 302 302 302 404 404 302 403 404 403",
    ),
    (
        Phase.AGREEING,
        SEEN,
        "409 409 409 409 404 404 302 403 404 403",
        "302 302 409 409 404 404 302 403 404 403",
    ),
    (
        Phase.CLOSED,
        "200 200 404 404 404 404 404 200 404 200",
        "409 409 409 409 404 404 409 403 404 403",
        "409 409 409 409 404 404 409 403 404 403",
    ),
]


def row_of(statuses):
    return " ".join(str(status) for status in statuses)


def as_each(client, world, ask):
    found = []
    for actor in ACTORS:
        client.force_login(getattr(world, actor))
        found.append(ask(actor))
    return row_of(found)


def close_access(world):
    for access in world.review.reflection.review_accesses.all():
        access.ends_at = timezone.now()
        access.save()


@pytest.mark.parametrize(("phase", "opens", "annotates", "replies"), PHASES)
def test_who_opens_and_writes_in_each_phase(
    client, world, phase, opens, annotates, replies
):
    world.put_into(phase)
    if phase == Phase.CLOSED:
        close_access(world)
    root = shared(world, world.reviewer)
    outcome = outcome_page(world)

    def send(place):
        def ask(actor):
            key = f"a-00000000-0000-4000-8000-{abs(hash((actor, place))) % 10**12:012}"
            return client.post(
                outcome,
                {
                    "operation_id": "7c1f5a52-6a3e-4f0e-8d61-0d2b8c1f6a01",
                    f"{key}-submission": "1",
                    f"{key}-version": "0",
                    f"{key}-place": place,
                    f"{key}-text": "Typed.",
                    f"{key}-choice": "" if place.startswith("reply") else "question",
                },
            ).status_code

        return ask

    assert opens == as_each(
        client, world, lambda _: client.get(review_page(world)).status_code
    )
    assert opens == as_each(client, world, lambda _: client.get(outcome).status_code)
    assert annotates == as_each(client, world, send("outcome"))
    assert replies == as_each(client, world, send(f"reply-{root.pk}"))


@pytest.mark.parametrize("phase", Phase)
def test_pages_offer_what_the_rules_allow(world, phase):
    world.put_into(phase)
    if phase == Phase.CLOSED:
        close_access(world)
    for actor in ACTORS:
        user = getattr(world, actor)
        part = part_in(world.review, user)

        assert (
            part.reads and part.is_running,
            part.may_annotate,
            part.may_reply_for_cluster,
            part.may_offer_practice,
        ) == tuple(
            holds(user, permission, world.review)
            for permission in (
                Permission.READ_AS_REVIEWER,
                Permission.ANNOTATE,
                Permission.REPLY_FOR_CLUSTER,
                Permission.SHARE_PRACTICE,
            )
        )


# Beginning -------------------------------------------------------------------------------


def state_of(world):
    return SelfReflection.objects.get(pk=world.review.reflection_id).state


@pytest.mark.parametrize(
    ("actor", "state"),
    [
        ("reviewer", State.IN_REVIEW),
        ("facilitator", State.IN_REVIEW),
        ("lead", State.SUBMITTED),
        ("officer", State.SUBMITTED),
        ("national", State.SUBMITTED),
    ],
)
@pytest.mark.parametrize("page", [review_page, outcome_page])
def test_the_first_peer_who_reads_begins_the_review(client, world, actor, state, page):
    client.force_login(getattr(world, actor))

    statuses = [client.get(page(world)).status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert state_of(world) == state
    begun = world.review.reflection.state_changes.filter(kind="review_begun")
    assert begun.count() == (state == State.IN_REVIEW)


def test_nobody_else_begins_it_and_nobody_twice(world):
    assert not begin_reading(review=world.review, by=world.lead)
    assert not begin_reading(review=world.review, by=world.national)
    assert not begin_reading(review=world.review, by=world.outsider)
    assert begin_reading(review=world.review, by=world.reviewer)
    assert not begin_reading(review=world.review, by=world.second_reviewer)


def test_a_round_that_is_not_announced_is_its_organisers(client, world):
    ReviewRound.objects.update(announced_at=None, announced_by=None)

    found = as_each(client, world, lambda _: client.get(review_page(world)).status_code)

    assert found == "404 404 404 404 404 404 404 404 404 200"


def figure(world, indicator, number):
    return IndicatorValue.objects.create(
        indicator=indicator,
        cluster=world.review.reflection.cluster,
        period_start=datetime.date(2026, 4, 1),
        numerator=number,
        denominator=None if indicator.unit == "count" else 10 * number,
        entered_by=world.national,
    )


# What the pages show ---------------------------------------------------------------------


@pytest.fixture
def told(world):
    """Afan's answers, in Welsh, are submitted again, with an annotation on what was sent first."""
    reflection = world.review.reflection
    about_the_first = shared(world, world.reviewer, text="Of the first.")
    services_of_reflections.withdraw(reflection=reflection, by=world.lead)
    save(
        reflection,
        entry(
            criterion_subject(reflection),
            "Mae gennym dystiolaeth o hyn yn yr ardal.",
            choice="met",
        ),
        by=world.lead,
        language="cy",
    )
    reflection.refresh_from_db()
    submit(reflection, by=world.lead)
    return about_the_first


def test_an_outcome_is_read_in_the_frameworks_words_and_the_clusters(
    client, world, told
):
    client.force_login(world.reviewer)
    criterion = criterion_here(world)

    page = client.get(outcome_page(world)).content.decode()

    assert criterion.text_en in page
    assert '<blockquote class="quote__text" lang="cy"><p>Mae gennym' in page
    assert "Written in Welsh" in page
    with override("cy"):
        assert criterion.text_cy in client.get(outcome_page(world)).content.decode()


def test_when_the_cluster_submits_again_annotations_stay_and_say_so(
    client, world, told
):
    client.force_login(world.reviewer)

    outcome = client.get(outcome_page(world)).content.decode()
    whole = client.get(review_page(world)).content.decode()
    write(client, outcome_page(world), "outcome", "Of the second.", stay="1")

    assert "About submission 1. The cluster has submitted again since." in outcome
    assert "The cluster has submitted again." in whole
    changes = "/self-reflections/2030/afan/submissions/2/changes/"
    assert changes in whole
    assert changes in outcome
    assert list(
        Annotation.objects.order_by("pk").values_list("text", "submission__number")
    ) == [("Of the first.", 1), ("Of the second.", 2)]


def test_an_annotation_belongs_to_the_submission_that_was_before_ones_eyes(
    client, world
):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = sent(client, url)
    reflection = world.review.reflection
    services_of_reflections.return_reflection(
        reflection=reflection, by=world.facilitator, reason="Look.", language="en"
    )
    reflection.refresh_from_db()
    submit(reflection, by=world.lead)
    key = next(name for name, value in data.items() if value == "outcome")[
        : -len("-place")
    ]

    client.post(
        url, data | {f"{key}-text": "Of what I read.", f"{key}-choice": "question"}
    )

    assert Annotation.objects.get().submission.number == 1


def test_the_last_cycle_and_the_indicators_stand_beside(client, world):
    reflection = world.review.reflection
    earlier = SelfReflectionFactory(
        cycle=CycleFactory(
            code="2029",
            edition=reflection.cycle.edition,
            opens_at=reflection.cycle.opens_at - datetime.timedelta(days=365),
        ),
        cluster=reflection.cluster,
    )
    save(
        earlier,
        entry(words_of(earlier), "Said last year."),
        entry(criterion_subject(earlier), "Then.", choice="not_yet_met"),
        by=world.lead,
    )
    earlier.refresh_from_db()
    submit(earlier, by=world.lead)
    indicator = IndicatorFactory(
        edition=reflection.cycle.edition, code="visits", unit="count"
    )
    indicator.outcomes.add(outcome_here(world))
    figure(world, indicator, 4321)
    client.force_login(world.reviewer)

    without = client.get(outcome_page(world)).content.decode()
    let_read(world.review, world.reviewer, role="reader").delete()
    access = let_read(world.review, world.reviewer, role="reader")
    access.reflection = earlier
    access.save()
    page = client.get(outcome_page(world)).content.decode()

    assert "Said last year." not in without
    assert "Said last year." in page
    assert indicator.name_en in page
    assert "4,321" in page
    assert "4,321" in client.get(review_page(world)).content.decode()


def test_the_list_of_outcomes_counts_what_one_sees(client, world):
    shared(world, world.reviewer)
    shared(
        world,
        world.reviewer,
        resolved_at=timezone.now(),
        resolved_by=world.reviewer,
    )
    shared(world, world.reviewer, shared_at=None)
    shared(world, world.second_reviewer)
    world.put_into(Phase.READING)

    def counted(user):
        client.force_login(user)
        [module, *_] = client.get(review_page(world)).context["modules"]
        line = module.outcomes[0]
        return line.open_count, line.resolved_count, line.private_count

    assert counted(world.reviewer) == (1, 1, 1)
    assert counted(world.second_reviewer) == (1, 0, 0)
    assert counted(world.facilitator) == (2, 1, 0)
    assert counted(world.lead) == (0, 0, 0)


def test_the_lead_is_led_to_let_others_learn(client, world):
    root = shared(world, world.reviewer, choice="good_practice")
    world.put_into(Phase.DISCUSSING)
    link = f"/annotations/{root.key}/practice/"

    client.force_login(world.lead)
    for_the_lead = client.get(outcome_page(world)).content.decode()
    client.force_login(world.contributor)
    for_others = client.get(outcome_page(world)).content.decode()

    assert link in for_the_lead
    assert link not in for_others


# Many ------------------------------------------------------------------------------------


def many(world, count, **said):
    return Annotation.objects.bulk_create(
        Annotation(
            review=world.review,
            submission=world.submission,
            author=world.reviewer,
            voice="reviewer",
            text=f"Remark {number}.",
            language="en",
            version=1,
            shared_at=timezone.now(),
            **({"choice": "question", "outcome": outcome_here(world)} | said),
        )
        for number in range(count)
    )


def resolved(world):
    return {"resolved_at": timezone.now(), "resolved_by": world.reviewer}


def test_two_hundred_on_one_outcome_stay_readable(client, world):
    world.put_into(Phase.DISCUSSING)
    many(world, 90)
    many(world, 50, choice="suggestion", criterion=criterion_here(world))
    many(world, 60, **resolved(world))
    client.force_login(world.second_reviewer)
    url = outcome_page(world)

    def shown(query=""):
        places = client.get(f"{url}?{query}").context["board"].places
        return {
            name.split("-")[0]: (len(place.open), len(place.resolved))
            for name, place in places.items()
            if place.shown
        }

    assert shown() == {
        "outcome": (A_PLACE, A_PLACE),
        "criterion": (A_PLACE, 0),
    }
    assert shown("kind=suggestion") == {"criterion": (A_PLACE, 0)}
    assert shown("state=resolved") == {"outcome": (0, A_PLACE)}
    assert shown("mine=1") == {}
    assert shown("at=outcome") == {"outcome": (A_PAGE, 0)}
    assert shown("at=outcome&page=8") == {"outcome": (0, 10)}
    assert shown("at=outcome&page=none&kind=zzz") == {"outcome": (A_PAGE, 0)}
    page = client.get(url).content.decode()
    assert "Show all of them: 150" in " ".join(page.split()).replace("</span>", "")
    assert page.count("annotations__resolved") == 1
    assert len(page) < 400_000


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


@pytest.fixture
def beside(world):
    """What else is asked for on the pages: indicators, with figures."""
    indicator = IndicatorFactory(
        edition=world.review.reflection.cycle.edition, code="visits", unit="count"
    )
    indicator.outcomes.add(outcome_here(world))
    figure(world, indicator, 12)


@pytest.mark.parametrize("page", [review_page, outcome_page])
@pytest.mark.parametrize("actor", ["reviewer", "facilitator", "lead", "officer"])
def test_pages_ask_as_little_whatever_there_is(client, world, beside, page, actor):
    world.put_into(Phase.DISCUSSING)
    about = {} if page == outcome_page else {"outcome": None}
    client.force_login(getattr(world, actor))

    counts = []
    for add in (1, 2, 197):
        many(world, add, **about)
        [root, *_] = Annotation.objects.roots()
        shared(
            world,
            world.facilitator,
            parent=root,
            choice="",
            voice="facilitator",
            outcome=root.outcome,
        )
        counts.append(queries(client, page(world)))

    assert len(set(counts)) == 1
    assert counts[0] <= 15


@pytest.mark.parametrize("page", [review_page, outcome_page])
def test_pages_ask_as_little_in_a_large_round(client, world, beside, page):
    shared(world, world.reviewer)
    client.force_login(world.reviewer)
    with_few = queries(client, page(world))

    for number in range(3, 20):
        group = ReviewGroupFactory(round=world.round, number=number)
        for _ in range(3):
            ClusterReviewFactory(
                group=group,
                reflection=SelfReflectionFactory(cycle=world.round.cycle),
            )

    assert queries(client, page(world)) == with_few <= 15


# Languages -------------------------------------------------------------------------------


def test_what_is_asked_of_one_cycle_only_is_not_mixed_up(client, world):
    client.force_login(world.reviewer)

    assert client.get(outcome_page(world, module="NONE")).status_code == 404
    assert client.get(outcome_page(world, number=9)).status_code == 404
    assert client.get(outcome_page(world, module="SIGNS")).status_code == 200


def test_a_cluster_that_has_not_submitted_is_waited_for(client, world):
    review = ClusterReviewFactory(
        group=world.group,
        reflection=SelfReflectionFactory(cycle=world.round.cycle),
    )
    let_read(review, world.reviewer)
    client.force_login(world.reviewer)

    page = client.get(review_page(world, review=review))

    assert "has not submitted its self-reflection yet" in page.content.decode()
    assert (
        client.get(
            review_page(world, "review_outcome", review, module="LEVELS", number=1)
        ).status_code
        == 404
    )
