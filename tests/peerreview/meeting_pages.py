"""The pages of a running meeting for tests that look at every page."""

import datetime
import uuid

from assessments.services.versions import Typed
from peerreview.finding_subjects import CONCLUSION, NOTES, FindingSubject
from peerreview.models import Finding
from peerreview.services import findings, meetings
from tests.steps import outcome_of


def hold_a_meeting(review, *, by):
    """On an outcome with levels, one without, and the whole: a level, notes and an action."""
    reflection = review.reflection
    levels, signs = (
        outcome_of(reflection, module=module) for module in ("LEVELS", "SIGNS")
    )
    meetings.start_meeting(
        group=review.group,
        agenda=[(review.pk, levels.pk), (review.pk, signs.pk), (review.pk, None)],
        minutes=60,
        by=by,
    )
    submission = reflection.latest_submission
    for outcome, part, choice, text in [
        (levels, CONCLUSION, "2", "Gwelodd y grŵp fwy."),
        (levels, NOTES, "", "Sgwrs hir."),
        (signs, CONCLUSION, "", "Arwyddion da."),
    ]:
        findings.save_findings(
            review=review,
            entries=[
                Typed(
                    FindingSubject(submission.pk, outcome.pk, part),
                    0,
                    choice=choice,
                    text=text,
                )
            ],
            language="cy",
            operation_id=uuid.uuid4(),
            by=by,
        )
    findings.undertake(
        review=review,
        submission=submission,
        outcome=levels,
        text="Gofyn i'r deintyddion.",
        language="cy",
        owner=None,
        due_on=datetime.date(2031, 3, 5),
        by=by,
    )


def meeting_pages(review, *, facilitator, reviewer, lead, officer):
    group = {"round": review.round.code, "group": review.group.number}
    cluster = {"round": review.round.code, "cluster": review.cluster.code}
    finding = cluster | {"finding": Finding.objects.filter(review=review).first().pk}
    return [
        *(
            ("peerreview:meeting_detail", person, group)
            for person in (facilitator, reviewer, officer)
        ),
        *(
            ("peerreview:meeting_step", facilitator, group | {"position": position})
            for position in (1, 2, 3)
        ),
        ("peerreview:meeting_step", lead, group | {"position": 1}),
        ("peerreview:meeting_end", facilitator, group),
        ("peerreview:agreement_check", facilitator, cluster),
        ("peerreview:finding_history", reviewer, finding),
    ]
