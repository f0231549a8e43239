"""What a group finds of a cluster: saved as it is typed, and in the end agreed and shared."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments import services as assessments
from assessments.models import ReviewAccess, SelfReflection, Submission
from assessments.services.versions import History, save_entries
from frameworks.models import Outcome
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise, holds
from peerreview.finding_subjects import CONCLUSION, FindingSubject, digest_of
from peerreview.models import (
    ActionOrigin,
    Annotation,
    Assignment,
    Finding,
    FindingVersion,
)
from peerreview.rules import facilitates_the_review
from peerreview.services import telling
from peerreview.services.locking import locked_review

HISTORY = History(FindingVersion, "written")


class AlreadyAgreed(Exception):
    """The agreement of this review has been recorded."""


class AnnotationGone(Exception):
    """The annotation was taken back, or is not about this."""


class FindingsChanged(Exception):
    """Something was written since the page was made on which the agreement was looked at."""


@transaction.atomic
def save_findings(*, review, entries, language, operation_id, by):
    """Save each entry that is fresh, and refuse the stale ones with both texts kept.

    See ``save_entries``; the entries' subjects are of ``FindingSubject``. Where the phase has
    ended, the agreement is recorded, the cluster withdrew or ``by`` facilitates its review no longer,
    every changed text is kept as refused and listed in ``closed``. Raises PermissionDenied for whoever
    never facilitated it, ForeignSubject for another cluster's submission and for what the edition does
    not ask.
    """
    review = locked_review(review, by=by)
    if not has_facilitated(by, review):
        raise PermissionDenied(f"{Permission.RECORD_FINDINGS} refused")
    is_open = review.agreed_at is None and holds(by, Permission.RECORD_FINDINGS, review)
    _refuse_foreign(review, entries)
    findings = {
        FindingSubject.of(finding): finding
        for finding in Finding.objects.filter(
            review=review,
            submission__in={entry.subject.submission_id for entry in entries},
        )
    }
    saved = save_entries(
        rows={
            entry.subject: findings.get(entry.subject)
            or Finding(review=review, **entry.subject.fields)
            for entry in entries
        },
        entries=entries,
        history=HISTORY,
        is_open=is_open,
        language=language,
        operation_id=operation_id,
        by=by,
    )
    if saved.changed:
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=review,
            versions={
                subject.key: saved.versions[subject] for subject in saved.changed
            },
        )
    return saved


def has_facilitated(user, review):
    """Whether ``user`` facilitates the review or ever did, whatever became of that since.

    They were made the facilitator of its group, or of the one that it was in when they could read it.
    """
    if facilitates_the_review(user, review):
        return True
    groups = Assignment.objects.filter(
        user=user, group__round=review.round_id, role=Assignment.Role.FACILITATOR
    ).values_list("group", flat=True)
    return user.is_active and (
        review.group_id in groups
        or (
            bool(groups)
            and ReviewAccess.objects.filter(
                user=user, reflection=review.reflection_id, source=review.round.code
            ).exists()
        )
    )


def _refuse_foreign(review, entries):
    submissions = {entry.subject.submission_id for entry in entries}
    known = Submission.objects.filter(
        pk__in=submissions, reflection=review.reflection_id
    )
    if known.count() != len(submissions):
        raise assessments.ForeignSubject
    asked = {entry.subject.outcome_id for entry in entries} - {None}
    outcomes = {
        outcome.pk: outcome
        for outcome in Outcome.objects.filter(
            pk__in=asked, module__edition=review.reflection.cycle.edition_id
        ).select_related("module")
    }
    if len(outcomes) != len(asked):
        raise assessments.ForeignSubject
    for entry in entries:
        if entry.choice:
            _refuse_other_level(entry, outcomes.get(entry.subject.outcome_id))


def _refuse_other_level(entry, outcome):
    """ForeignSubject for a level that the outcome's module does not have."""
    has_levels = outcome and outcome.module.uses_levels
    if (
        entry.subject.part != CONCLUSION
        or not has_levels
        or int(entry.choice) > outcome.module.highest_level
    ):
        raise assessments.ForeignSubject


@transaction.atomic
def record_review_agreement(*, review, submission_number, seen, by):
    """Record the levels that the group agreed beside the cluster's own, and share what it found.

    An outcome of which no level was agreed stays without one. ``seen`` is the ``digest_of`` the
    findings that somebody looked at. Raises AlreadyAgreed, FindingsChanged, PermissionDenied, and what
    ``assessments.services.record_agreement`` raises: NewerSubmission, ReasonMissing, NotNow.
    """
    review = locked_review(review, by=by)
    authorise(by, Permission.RECORD_FINDINGS, review)
    if review.agreed_at is not None:
        raise AlreadyAgreed
    reflection = review.reflection
    submission = reflection.latest_submission
    if submission is None or submission.number != submission_number:
        raise assessments.NewerSubmission(f"submission {submission_number}")
    findings = [
        finding
        for finding in Finding.objects.filter(review=review, submission=submission)
        if not finding.is_empty
    ]
    if digest_of(findings) != seen:
        raise FindingsChanged
    if reflection.state == SelfReflection.State.SUBMITTED:  # again, after the meeting
        assessments.begin_review(reflection=reflection, by=by)
    assessments.record_agreement(
        reflection=reflection,
        by=by,
        levels={
            finding.outcome_id: (finding.level, finding.text, finding.language)
            for finding in findings
            if finding.level is not None
        },
        submission_number=submission_number,
    )
    now = timezone.now()
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(
        shared_at=now
    )
    review.agreed_at, review.agreed_by = now, by
    review.save(update_fields=["agreed_at", "agreed_by"])
    record(AuditEvent.Kind.CHANGED, by=by, subject=review, fields=["agreed_at"])
    telling.review_agreed(review=review, by=by)
    return review


@transaction.atomic
def undertake(
    *,
    review,
    submission,
    outcome,
    text,
    language,
    owner,
    due_on,
    by,
    annotation=None,
):
    """Record an action that the meeting decided on, and that it came from this review.

    It came from ``annotation``, and is then of its criterion; without one, from what the group has
    concluded of the outcome, if anything. Raises PermissionDenied, AnnotationGone, and what
    ``assessments.services.add_action`` raises.
    """
    review = locked_review(review, by=by)
    authorise(by, Permission.RECORD_FINDINGS, review)
    if annotation:
        annotation = _standing(review, outcome, annotation, by=by)
    action = assessments.add_action(
        reflection=review.reflection,
        text=text,
        language=language,
        outcome=outcome,
        criterion=annotation and annotation.criterion,
        owner=owner,
        due_on=due_on,
        by=by,
    )
    origin = {"annotation": annotation}
    if annotation is None:
        origin["finding"] = Finding.objects.filter(
            review=review, submission=submission, outcome=outcome, part=CONCLUSION
        ).first()
    ActionOrigin.objects.get_or_create(
        action=action, defaults={"review": review} | origin
    )
    return action


def _standing(review, outcome, annotation, *, by):
    """The annotation as it is now; AnnotationGone where it is none of this outcome's any more."""
    found = (
        Annotation.objects.visible_to(by)
        .roots()
        .standing()
        .filter(review=review, outcome=outcome, shared_at__isnull=False)
        .select_related("criterion__outcome")
        .filter(pk=annotation.pk)
        .first()
    )
    if found is None:
        raise AnnotationGone
    return found
