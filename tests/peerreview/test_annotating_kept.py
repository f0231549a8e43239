"""What is typed into a review reaches the server, or is shown again, however many annotations there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.forms.fields import LONGEST_TEXT
from frameworks.models import Criterion
from organisations.models import AuditEvent
from peerreview.models import Annotation, AnnotationVersion
from peerreview.selectors.annotations import A_PLACE
from peerreview.services import annotations as services
from peerreview.services.assignments import remove
from peerreview.services.groups import move_cluster
from tests.factories.frameworks import CriterionFactory
from tests.peerreview.pages import (
    criterion_here,
    key_at,
    outcome_here,
    outcome_page,
    sent,
    shared,
    to_reply,
)
from tests.peerreview.world import Phase

pytestmark = pytest.mark.django_db

TOO_LONG = "Precious " * LONGEST_TEXT


def typed(client, url, place, text):
    """The page at ``url`` as it would be sent, with ``text`` in the empty fields of ``place``."""
    data = sent(client, url)
    key = key_at(data, place)
    return data | {f"{key}-text": text, f"{key}-choice": "question"}


def drafts(world, count, **said):
    return Annotation.objects.bulk_create(
        Annotation(
            **(
                {
                    "review": world.review,
                    "submission": world.submission,
                    "author": world.second_reviewer,
                    "outcome": outcome_here(world),
                    "voice": "reviewer",
                    "choice": "question",
                    "text": f"Remark {number}.",
                    "language": "en",
                    "version": 1,
                }
                | said
            )
        )
        for number in range(count)
    )


# Many ------------------------------------------------------------------------------------


def test_a_page_with_two_hundred_at_every_criterion_is_sent(client, world):
    world.put_into(Phase.DISCUSSING)
    outcome = outcome_here(world)
    CriterionFactory.create_batch(14 - outcome.criteria.count(), outcome=outcome)
    for criterion in [None, *Criterion.objects.filter(outcome=outcome)]:
        roots = [
            shared(world, world.reviewer, criterion=criterion) for _ in range(A_PLACE)
        ]
        drafts(world, 190, criterion=criterion)
        drafts(world, A_PLACE, criterion=criterion, choice="", parent=roots[0])
    client.force_login(world.second_reviewer)

    data = typed(client, outcome_page(world), "outcome", "The last one.")
    response = client.post(outcome_page(world), data)

    assert 400 < len(data) < 900
    assert response.status_code == 302
    assert Annotation.objects.filter(text="The last one.").count() == 1


def test_each_of_many_drafts_is_changed_where_that_is_asked_for(client, world):
    first, *_ = drafts(world, A_PLACE + 1)
    client.force_login(world.second_reviewer)
    url, key = outcome_page(world), f"a-{first.key}"

    before = sent(client, url)
    alone = client.get(f"{url}?at=outcome").content.decode()
    asked = f"{url}?edit={first.pk}"
    client.post(asked, sent(client, asked) | {f"{key}-text": "Better said."})

    assert sum(name.endswith("-text") for name in before) - A_PLACE == (
        1 + outcome_here(world).criteria.count()
    )
    assert f"{key}-text" not in before
    assert f"?edit={first.pk}&amp;at=outcome#{key}" in alone
    first.refresh_from_db()
    assert first.text == "Better said."


def test_asking_to_reply_saves_the_page_first(client, world):
    world.put_into(Phase.DISCUSSING)
    root = shared(world, world.reviewer)
    client.force_login(world.second_reviewer)
    url = outcome_page(world)

    data = typed(client, url, "outcome", "Typed before.")
    response = client.post(url, data | {"reply": root.pk})

    place = f"reply-{root.pk}"
    assert response.headers["Location"] == f"{url}?reply={root.pk}#{place}"
    assert Annotation.objects.filter(text="Typed before.").exists()
    assert place not in sent(client, url).values()
    assert place in sent(client, to_reply(client, url, place)).values()


def test_sharing_all_asks_as_little_however_many_there_are(client, world):
    client.force_login(world.second_reviewer)
    counts = []
    for count in (1, 10):
        drafts(world, count)
        with CaptureQueriesContext(connection) as found:
            services.share_annotations(review=world.review, by=world.second_reviewer)
        counts.append(len(found))

    assert counts[0] == counts[1]
    assert not Annotation.objects.filter(shared_at=None).exists()
    assert AuditEvent.objects.filter(details__what="shared").count() == 11


# What came too late ----------------------------------------------------------------------


def test_who_reviewed_a_cluster_before_it_moved_keeps_what_they_typed(client, world):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = typed(client, url, "outcome", "Typed too late.")
    move_cluster(review=world.review, group=world.other_group, by=world.national)

    response = client.post(url, data)

    assert response.status_code == 409
    assert "Typed too late." in response.content.decode()
    assert list(
        AnnotationVersion.objects.values_list("refusal", "text", "written__voice")
    ) == [("closed", "Typed too late.", "reviewer")]
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("way", ["ended", "ended beside another", "removed"])
def test_what_is_too_long_is_shown_when_nothing_is_taken_any_more(client, world, way):
    client.force_login(world.reviewer)
    url = outcome_page(world)
    data = typed(client, url, "outcome", TOO_LONG)
    if way == "ended beside another":
        key = key_at(data, f"criterion-{criterion_here(world).pk}")
        data |= {f"{key}-text": "Short.", f"{key}-choice": "question"}
    if way == "removed":
        assignment = world.group.assignments.get(user=world.reviewer)
        remove(assignment=assignment, by=world.national)
    else:
        world.put_into(Phase.AGREEING)

    response = client.post(url, data)

    page = response.content.decode()
    assert response.status_code == 409
    assert page.count("Precious") == LONGEST_TEXT
    assert ("Short." in page) == (way == "ended beside another")


def test_what_its_author_took_back_meanwhile_is_not_resolved(client, world):
    world.put_into(Phase.DISCUSSING)
    root = shared(world, world.reviewer)
    client.force_login(world.facilitator)
    data = typed(client, outcome_page(world), "outcome", "And another thing.")
    services.take_back_annotation(annotation=root, by=world.reviewer)

    response = client.post(
        outcome_page(world), data | {"resolve": root.pk}, follow=True
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "Its author has taken this annotation back meanwhile." in page
    assert "Marked as resolved." not in page
    assert Annotation.objects.filter(text="And another thing.").exists()
