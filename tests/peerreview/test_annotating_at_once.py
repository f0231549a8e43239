"""Several people annotate at once, each with a connection of their own, on every database."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from assessments import services as services_of_reflections
from assessments.models import SelfReflection
from assessments.services.versions import Typed
from organisations.models import User
from peerreview.models import Annotation, AnnotationVersion, ClusterReview
from peerreview.services import annotations as services
from peerreview.services.annotations import Remark
from peerreview.services.reviews import begin_reading
from tests.peerreview.pages import criterion_here, key_at, outcome_page, sent
from tests.steps import State

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds for a whole round, after which somebody waits for ever


def at_once(*works):
    """Do each of ``works`` in a thread of its own, all let go together."""
    gate = Barrier(len(works), timeout=PATIENCE)

    def run(work):
        try:
            gate.wait()
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(works)) as threads:
        futures = [threads.submit(run, work) for work in works]
        return [future.result(timeout=PATIENCE) for future in futures]


def person(user):
    """The same person as another request sees them: what is cached is not shared."""
    return User.objects.get(pk=user.pk)


def review_of(world):
    return ClusterReview.objects.get(pk=world.review.pk)


def test_two_reviewers_annotate_a_criterion_from_pages_loaded_earlier(client_of, world):
    url, place = outcome_page(world), f"criterion-{criterion_here(world).pk}"
    typed = []
    for user, text in [
        (world.reviewer, "From one."),
        (world.second_reviewer, "From the other."),
    ]:
        browser = client_of(user)
        data = sent(browser, url)
        key = key_at(data, place)
        data |= {f"{key}-text": text, f"{key}-choice": "question"}
        typed.append((browser, data))

    statuses = at_once(
        *(
            lambda browser=browser, data=data: browser.post(url, data).status_code
            for browser, data in typed
        )
    )

    assert statuses == [302, 302]
    assert sorted(
        Annotation.objects.values_list("author__email", "text", "version")
    ) == [
        ("ogwr@example.test", "From one.", 1),
        ("tawe@example.test", "From the other.", 1),
    ]


@pytest.fixture
def client_of(client):
    def make(user):
        browser = type(client)()
        browser.force_login(user)
        return browser

    return make


def test_the_same_number_from_eight_retries_is_one_annotation(world):
    number, operation_id = uuid.uuid4(), uuid.uuid4()

    def retry():
        return services.save_annotations(
            review=review_of(world),
            entries=[
                Typed(
                    Remark(number, submission_number=1),
                    0,
                    choice="question",
                    text="Once.",
                )
            ],
            language="en",
            operation_id=operation_id,
            by=person(world.reviewer),
        )

    results = at_once(*[retry] * 8)

    assert [saved.versions for saved in results] == [{Remark(number): 1}] * 8
    assert sum(len(saved.changed) for saved in results) == 1
    assert AnnotationVersion.objects.count() == 1


def test_eight_who_open_it_begin_one_review(world):
    def opening(user):
        return lambda: begin_reading(review=review_of(world), by=person(user))

    people = [world.reviewer, world.second_reviewer, world.facilitator] * 3
    results = at_once(*(opening(user) for user in people[:8]))

    assert sum(results) == 1
    changes = world.review.reflection.state_changes.filter(kind="review_begun")
    assert changes.count() == 1


def test_a_review_begins_or_the_cluster_withdraws(world):
    def withdraw():
        try:
            services_of_reflections.withdraw(
                reflection=SelfReflection.objects.get(pk=world.review.reflection_id),
                by=person(world.lead),
            )
        except services_of_reflections.NotNow:
            return False
        return True

    for _ in range(5):
        begun, withdrawn = at_once(
            lambda: begin_reading(review=review_of(world), by=person(world.reviewer)),
            withdraw,
        )

        reflection = SelfReflection.objects.get(pk=world.review.reflection_id)
        assert begun is not withdrawn
        assert reflection.state == (State.IN_REVIEW if begun else State.DRAFT)
        if begun:
            services_of_reflections.return_reflection(
                reflection=reflection,
                by=world.facilitator,
                reason="Once more.",
                language="en",
            )
        services_of_reflections.submit(
            reflection=reflection, by=world.lead, incomplete_confirmed=True
        )
