"""What reviewers, the group and the cluster have written, a line each, for the beginnings of tests."""

import html
import re
import uuid

from django.urls import reverse
from django.utils import timezone

from assessments.models import AgreedLevel
from assessments.services.versions import Typed
from peerreview.models import Annotation, Finding, GoodPractice, Response
from peerreview.selectors.replies import Target
from peerreview.services import replies as services
from tests.steps import outcome_of


def at(name, review, **more):
    where = {"round": review.round.code, "cluster": review.reflection.cluster.code}
    return reverse(f"peerreview:{name}", kwargs=where | more)


def annotate(world, by=None, *, text="A remark.", shared=True, review=None, **said):
    review = review or world.review
    return Annotation.objects.create(
        review=review,
        author=by or world.reviewer,
        text=text,
        shared_at=timezone.now() if shared else None,
        **(
            {
                "submission": said.get("submission")
                or review.reflection.latest_submission,
                "voice": "reviewer",
                "choice": "question",
                "language": "en",
            }
            | said
        ),
    )


def find(world, *, text="What we found.", shared=True, review=None, **said):
    review = review or world.review
    return Finding.objects.create(
        review=review,
        submission=review.reflection.latest_submission,
        text=text,
        shared_at=timezone.now() if shared else None,
        **(
            {
                "part": "conclusion",
                "language": "en",
                "outcome": outcome_of(review.reflection),
                "choice": "2",
            }
            | said
        ),
    )


def target_of(thing):
    kind = "annotation" if isinstance(thing, Annotation) else "finding"
    return Target(kind, thing.pk)


def key_of(thing):
    return target_of(thing).key


def save_reply(world, thing, choice="accept", text="", *, by=None, base=0):
    return services.save_replies(
        review=thing.review,
        entries=[
            Typed(subject=target_of(thing), base_version=base, choice=choice, text=text)
        ],
        language="en",
        operation_id=uuid.uuid4(),
        by=by or world.lead,
    )


def reply(world, thing, choice="accept", text="", *, by=None):
    """Saved, and sent."""
    save_reply(world, thing, choice, text, by=by)
    services.send_replies(
        review=thing.review, seen={target_of(thing): 1}, by=by or world.lead
    )
    return Response.objects.get(**target_of(thing).fields)


def agree(world, level=2, *, reason="", review=None):
    review = review or world.review
    submitted = review.reflection.latest_submission.submitted_outcomes.get(
        outcome=outcome_of(review.reflection)
    )
    return AgreedLevel.objects.create(
        submitted_outcome=submitted,
        level=level,
        reason=reason,
        language="en" if reason else "",
        agreed_by=world.facilitator,
    )


def share(world, *, annotation=None, title="Shared notes", **said):
    """An entry of the library, as the services make it."""
    annotation = annotation or annotate(
        world, choice="good_practice", outcome=outcome_of(world.review.reflection)
    )
    return GoodPractice.objects.create(
        annotation=annotation,
        **(
            {
                "cluster": annotation.review.reflection.cluster,
                "outcome": annotation.outcome,
                "title": title,
                "text": "We meet every week.",
                "language": "en",
                "contact": world.lead,
                "consented_by": world.lead,
                "version": 1,
            }
            | said
        ),
    )


def text_of(response):
    """The words of a page, without its mark-up."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>", " ", response.content.decode())
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
    return re.sub(r" ([.,:;)])", r"\1", words).replace("( ", "(")
