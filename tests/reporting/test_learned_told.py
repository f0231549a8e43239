"""Clusters are told that words of theirs are on a yearly page: who, when, and only once."""

import pytest
from django.utils import timezone

from notifications.models import Message
from organisations.models import Role, Succession
from reporting.models import LearnedEntry
from reporting.services import learned as services
from tests.factories import MembershipFactory, SelfReflectionFactory, UserFactory
from tests.reporting.learned_pages import begun, done_action, own_entry, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def learned(national):
    """A draft with an entry of the officers' own."""
    learned = begun(by=national)
    own_entry(learned, by=national, readers="public")
    return learned


@pytest.fixture
def choose(learned, national, lead):
    """Put an action of a cluster on the page, in both languages."""

    def choose(reflection, readers="public"):
        action = done_action(reflection, by=lead)
        entry = services.choose_action(learned=learned, number=action.pk, by=national)
        return write(entry, by=national, readers=readers)

    return choose


@pytest.fixture
def publish(learned, national):
    def publish(*, is_public=True):
        services.publish_learned(learned=learned, is_public=is_public, by=national)

    return publish


@pytest.fixture
def other(cycle, other_cluster):
    """The self-reflection of another cluster."""
    return SelfReflectionFactory(cycle=cycle, cluster=other_cluster)


def told():
    """Who was told, of which clusters, and whether everybody reads their words."""
    return [
        (
            message.recipient,
            message.facts["clusters"]["en"],
            message.facts["is_public"],
        )
        for message in Message.objects.filter(kind="words_chosen").order_by("pk")
    ]


def test_leads_and_deputies_are_told_and_nobody_else(
    choose, publish, learned, reflection, lead, contributor, stranger, officer
):
    cluster = reflection.cluster
    deputy = MembershipFactory(role=Role.DEPUTY_LEAD, cluster=cluster).user
    choose(reflection)
    choose(reflection)  # twice its words, one e-mail
    before = told()

    publish()

    assert before == []
    assert told() == [(person, cluster.name_en, True) for person in (lead, deputy)]
    message = Message.objects.filter(kind="words_chosen").first()
    assert message.state == Message.State.HELD  # for the day's e-mail
    assert message.facts | {"clusters": None} == {
        "clusters": None,
        "year": str(learned.year),
        "is_public": True,
        "link": {code: f"/{code}/learned/{learned.year}/" for code in ("cy", "en")},
    }


def test_they_are_told_once_whatever_is_published_afterwards(
    choose, publish, learned, reflection, lead, national
):
    choose(reflection)
    publish(is_public=False)

    publish(is_public=False)
    publish(is_public=True)
    choose(reflection)
    services.take_back_learned(learned=learned, by=national)
    publish()

    assert told() == [(lead, reflection.cluster.name_en, False)]


@pytest.mark.parametrize(
    ("readers", "is_public", "said"),
    [
        ("public", False, [False]),
        ("signed_in", True, [False]),
        ("nobody", True, []),
    ],
)
def test_they_are_told_who_reads_their_words(
    choose, publish, reflection, readers, is_public, said
):
    choose(reflection, readers=readers)

    publish(is_public=is_public)

    assert [is_told for _person, _clusters, is_told in told()] == said


def test_of_what_comes_onto_a_published_page_its_own_cluster_is_told(
    choose, publish, reflection, other, stranger, national
):
    choose(reflection)
    publish()
    Message.objects.all().delete()

    entry = choose(other, readers="nobody")
    before = told()
    entry = write(entry, by=national, readers="public")
    services.remove_entry(entry=entry, by=national)
    services.put_back_entry(entry=LearnedEntry.objects.get(pk=entry.pk), by=national)

    assert before == []
    assert told() == [(stranger, other.cluster.name_en, True)]


def test_who_leads_two_of_the_clusters_gets_one_e_mail(
    choose, publish, reflection, other, lead
):
    MembershipFactory(user=lead, role=Role.DEPUTY_LEAD, cluster=other.cluster)
    for each in (reflection, other):
        choose(each)

    publish()

    names = f"{reflection.cluster.name_en}, {other.cluster.name_en}"
    assert told() == [(lead, names, True)]


def test_of_a_cluster_that_another_follows_the_lead_of_that_other_is_told(
    choose, publish, reflection, other, lead, national
):
    Succession.objects.create(
        predecessor=other.cluster,
        successor=reflection.cluster,
        kind=Succession.Kind.MERGED,
        effective_on=timezone.localdate(),
        decided_by=national,
    )
    choose(other)

    publish()

    assert told() == [(lead, other.cluster.name_en, True)]


@pytest.mark.parametrize("clusters", [1, 3])
def test_queries_of_telling_do_not_grow(
    choose, publish, reflection, cycle, lead, django_assert_num_queries, clusters
):
    for each in [reflection, *SelfReflectionFactory.create_batch(2, cycle=cycle)][
        :clusters
    ]:
        UserFactory(lead_of=each.cluster)
        choose(each)

    # Publishing, eight; whose words, who leads, who is told already, what is written: six.
    with django_assert_num_queries(14):
        publish()
