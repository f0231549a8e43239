"""Telling a colleague that they are mentioned: names and a link, never what was written."""

from notifications.models import Message
from notifications.services import send
from notifications.writing import link_to, name_of
from peerreview.models import Annotation


def tell_mentioned(*, annotation, people, by):
    """Write to those of ``people`` who can see ``annotation`` now; nobody else learns of it."""
    review = annotation.review
    cluster = review.reflection.cluster
    where = {"round": review.round.code, "cluster": cluster.code}
    name = "peerreview:review_detail"
    if annotation.outcome:
        name = "peerreview:review_outcome"
        where |= {
            "module": annotation.outcome.module.code,
            "number": annotation.outcome.number,
        }
    seeing = [
        person
        for person in people
        if person.pk != by.pk
        and person.is_active
        and Annotation.objects.visible_to(person).filter(pk=annotation.pk).exists()
    ]
    send(
        kind=Message.Kind.REVIEW_MENTION,
        to=seeing,
        about=review,
        facts={
            "by": str(by),
            "cluster": name_of(cluster),
            "round": name_of(review.round),
            "link": link_to(name, **where),
        },
    )
