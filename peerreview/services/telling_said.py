"""Telling people by e-mail that something was said in a review: never what."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from assessments.selectors.reminders import leads_of
from notifications.models import Message
from notifications.services import Letters, send, send_all
from notifications.writing import link_to, name_of
from peerreview.models import Annotation, ClusterReview, Mention, ReviewPhase
from peerreview.selectors.people import people_of

Kind = Message.Kind
MADE_UP_FOR = timedelta(days=3)  # by how late clusters may be told that a phase began


def shared_with_cluster(*, review, rows, by):
    """Tell whoever leads the cluster that reviewers have shared ``rows``, where it sees that now.

    Once a day at most, however many share however much; but for those whom they mention, who are
    told that.
    """
    phase = review.round.phase
    if phase and phase.cluster_sees and any(row.parent_id is None for row in rows):
        _tell_clusters(
            [review],
            occasion=str(timezone.localdate()),
            but={by.pk} | _mentioned_in(rows),
        )


@transaction.atomic
def tell_clusters_that_see():
    """Tell whoever leads a cluster that sees since today what was shared before.

    Of each phase once; returns the messages. Five queries at most, and what sending costs.
    """
    today = timezone.localdate()
    shared = Annotation.objects.roots().standing()
    phases = {
        phase.round_id: phase
        for phase in ReviewPhase.objects.current().filter(
            cluster_sees=True,
            starts_on__gte=today - MADE_UP_FOR,
            round__announced_at__isnull=False,
        )
    }
    reviews = (
        ClusterReview.objects.taking_part()
        .filter(
            Exists(shared.filter(review=OuterRef("pk"), shared_at__isnull=False)),
            round__in=phases,
        )
        .select_related("round", "reflection__cluster")
        .order_by("pk")
    )
    by_phase = {}
    for review in reviews:
        by_phase.setdefault(phases[review.round_id].starts_on, []).append(review)
    return [
        message
        for starts_on, some in by_phase.items()
        for message in _tell_clusters(some, occasion=str(starts_on))
    ]


def replied(*, review, rows, by):
    """Tell whoever is part of a thread that there is a reply in it, as far as they see it.

    But for those whom the reply itself mentions, who are told that.
    """
    threads = [row.parent_id for row in rows if row.parent_id]
    if not threads:
        return
    said = (
        Annotation.objects.standing()
        .filter(review=review, shared_at__isnull=False)
        .exclude(author=by)
    )
    began = set(said.filter(pk__in=threads).values_list("author", flat=True))
    joined = set(said.filter(parent__in=threads).values_list("author", flat=True))
    mentioned = _mentioned_in(rows)
    _tell_of_reply(
        review,
        [
            person
            for person in people_of(review)
            if person.pk not in mentioned
            and (person.pk in began or (person.pk in joined and person.sees_shared))
        ],
        from_cluster=False,
    )


def cluster_replied(*, review, responses, by):
    """Tell the authors of what a cluster has replied to; of a finding, all who review it."""
    of_findings = any(response.finding_id for response in responses)
    authors = set(
        Annotation.objects.filter(
            pk__in=[response.annotation_id for response in responses]
        ).values_list("author", flat=True)
    )
    _tell_of_reply(
        review,
        [
            person
            for person in people_of(review)
            if person.reviews
            and person.pk != by.pk
            and (of_findings or person.pk in authors)
        ],
        from_cluster=True,
    )


def _mentioned_in(rows):
    mentions = Mention.objects.filter(annotation__in=rows)
    return set(mentions.values_list("user", flat=True))


def _tell_of_reply(review, people, *, from_cluster):
    send(
        kind=Kind.REPLY,
        to=people,
        about=review,
        facts=_facts_of(review) | {"from_cluster": from_cluster},
    )


def _tell_clusters(reviews, *, occasion, but=frozenset()):
    leads = leads_of([review.reflection.cluster_id for review in reviews])
    return send_all(
        kind=Kind.ANNOTATIONS_SHARED,
        letters=[
            Letters(
                to=[
                    person
                    for person in leads.get(review.reflection.cluster_id, [])
                    if person.pk not in but
                ],
                facts=_facts_of(review),
                about=review,
                occasion=occasion,
            )
            for review in reviews
        ],
    )


def _facts_of(review):
    cluster = review.reflection.cluster
    return {
        "cluster": name_of(cluster),
        "round": name_of(review.round),
        "link": link_to(
            "peerreview:review_detail",
            round=review.round.code,
            cluster=cluster.code,
        ),
    }
