"""Changes of a self-reflection's state, each by one service."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments import snapshot
from assessments.evidence import load_by_outcome
from assessments.models import (
    AgreedLevel,
    ReturnReason,
    SelfReflection,
    SignsChoice,
    StateChange,
    Submission,
    SubmittedEvidence,
    SubmittedOutcome,
)
from assessments.rules import (
    facilitates,
    is_officer_of_the_board,
    is_under_peer_review,
)
from assessments.selectors import load_sheet
from assessments.services import standings, telling
from assessments.services.answers import ForeignSubject
from assessments.services.states import change_state, locked
from frameworks.models import Outcome
from organisations.permissions import Permission, authorise

State = SelfReflection.State
Kind = StateChange.Kind
# What makes no sense after the closing hour.
IN_TIME = {
    Permission.SUBMIT_REFLECTION,
    Permission.WITHDRAW_REFLECTION,
    Permission.RETURN_REFLECTION,
}


class NotNow(PermissionDenied):
    """The self-reflection is in a state that does not allow this, or no longer does."""


class TooLate(NotNow):
    """The closing hour has passed."""


class NewerSubmission(NotNow):
    """The cluster has submitted again since the submission that this was said of."""


class UnderPeerReview(NotNow):
    """A group reviews it, whose facilitator records what it agrees."""


class Incomplete(Exception):
    """Something is missing, and nobody has said that it may be."""

    def __init__(self, sheet):
        self.sheet = sheet
        super().__init__(f"{sheet.total - sheet.answered} questions without an answer")


class ReasonMissing(Exception):
    """A reason is asked for where something is returned or judged otherwise."""


def _authorised(reflection, permission, *, by, states):
    """Lock ``reflection``; NotNow where its state or the hour forbids, else as the rules say."""
    reflection = locked(reflection, by=by)
    if reflection.state not in states:
        raise NotNow(f"{permission} refused in state {reflection.state}")
    if permission in IN_TIME and not reflection.is_in_time:
        raise TooLate(f"{permission} refused: the closing hour has passed")
    authorise(by, permission, reflection)
    return reflection


def _is_about(reflection, submission_number):
    """NewerSubmission where the latest submission is not the one that was looked at."""
    if submission_number not in {None, reflection.latest_submission.number}:
        raise NewerSubmission(f"submission {submission_number} is not the latest")


@transaction.atomic
def submit(*, reflection, by, incomplete_confirmed):
    """Hand a self-reflection over as it is now; after this the cluster cannot change it.

    Freezes the answers with the framework's text as the next numbered submission, with the
    levels that boards read. Raises Incomplete with what is missing unless the lead knows it.
    """
    reflection = _authorised(
        reflection, Permission.SUBMIT_REFLECTION, by=by, states={State.DRAFT}
    )
    sheet = load_sheet(reflection)
    if not sheet.is_complete and not incomplete_confirmed:
        raise Incomplete(sheet)

    evidence = load_by_outcome(reflection)
    now = timezone.now()
    number = reflection.submissions.count() + 1
    content = snapshot.canonical(
        snapshot.build(sheet, evidence)
        | {"number": number, "submitted_at": now.isoformat()}
    )
    submission = Submission.objects.create(
        reflection=reflection,
        number=number,
        content=content,
        content_hash=snapshot.digest(content),
        submitted_at=now,
        submitted_by=by,
    )
    SubmittedOutcome.objects.bulk_create(
        submitted_outcome(submission, outcome) for outcome in sheet.outcomes
    )
    SubmittedEvidence.objects.bulk_create(
        SubmittedEvidence(submission=submission, evidence_id=pk)
        for pk in sorted(
            {support.evidence.pk for each in evidence.values() for support in each}
        )
    )
    standings.store(submission, sheet)
    change_state(reflection, State.SUBMITTED, Kind.SUBMITTED, by=by)
    telling.submitted(submission=submission, by=by)
    return submission


def submitted_outcome(submission, sheet):
    """The levels and counts of one outcome, as they are stored with ``submission``."""
    row = SubmittedOutcome(
        submission=submission,
        outcome=sheet.outcome,
        uses_levels=sheet.module.uses_levels,
        is_provisional=sheet.answered < sheet.total,
        answered=sheet.answered,
        total=sheet.total,
    )
    if sheet.suggestion:
        row.own_level = sheet.own_level
        row.suggested_level = sheet.suggestion.level
        row.is_provisional = sheet.suggestion.provisional
        for count in sheet.suggestion.counts:
            setattr(row, f"met_{count.level}", count.met)
            setattr(row, f"applicable_{count.level}", count.applicable)
    else:
        for choice in SignsChoice.values:
            setattr(row, choice, sheet.signs[choice])
    return row


@transaction.atomic
def withdraw(*, reflection, by):
    """Take a submitted self-reflection back while nobody has begun to review it."""
    reflection = _authorised(
        reflection, Permission.WITHDRAW_REFLECTION, by=by, states={State.SUBMITTED}
    )
    change_state(reflection, State.DRAFT, Kind.WITHDRAWN, by=by)


@transaction.atomic
def return_reflection(
    *,
    reflection,
    by,
    reason,
    language,
    submission_number=None,
    outcome_reasons=None,
):
    """Give a self-reflection that is submitted or in review back to its cluster, with reasons.

    ``outcome_reasons`` holds, by outcome's primary key, a text and its language; there is at
    least one reason, over all or of an outcome, else ReasonMissing. The submission stays as it was
    sent, and its readers keep it. Whoever read one on a page says its number: NewerSubmission
    where the cluster has submitted again since. ForeignSubject for another edition's outcome.
    """
    outcome_reasons = {
        outcome_id: said
        for outcome_id, said in (outcome_reasons or {}).items()
        if said[0].strip()
    }
    if not (reason.strip() or outcome_reasons):
        raise ReasonMissing
    # A board returns what nobody reviews yet, a facilitator what they review.
    reflection = locked(reflection, by=by)
    states = {State.IN_REVIEW} if facilitates(by, reflection) else {State.SUBMITTED}
    if is_officer_of_the_board(by, reflection):
        states.add(State.SUBMITTED)
    reflection = _authorised(
        reflection, Permission.RETURN_REFLECTION, by=by, states=states
    )
    _is_about(reflection, submission_number)
    asked = Outcome.objects.filter(
        pk__in=outcome_reasons, module__edition=reflection.cycle.edition_id
    )
    if outcome_reasons and asked.count() != len(outcome_reasons):
        raise ForeignSubject
    change = change_state(
        reflection, State.DRAFT, Kind.RETURNED, by=by, reason=reason, language=language
    )
    ReturnReason.objects.bulk_create(
        ReturnReason(
            change=change, outcome_id=outcome_id, text=text, language=written_in
        )
        for outcome_id, (text, written_in) in outcome_reasons.items()
    )
    telling.returned(reflection=reflection, by=by)


@transaction.atomic
def begin_review(*, reflection, by):
    """Begin to review a submission; from then on the cluster cannot withdraw it."""
    reflection = _authorised(
        reflection, Permission.BEGIN_REVIEW, by=by, states={State.SUBMITTED}
    )
    change_state(reflection, State.IN_REVIEW, Kind.REVIEW_BEGUN, by=by)


@transaction.atomic
def record_agreement(*, reflection, by, levels, submission_number=None):
    """Record the agreed levels beside the cluster's own, and that there is agreement.

    ``levels`` holds, by outcome's primary key, a level, a reason and its language; a level that
    differs from the cluster's own needs the reason. Raises ReasonMissing otherwise,
    NewerSubmission where ``submission_number`` names another than the latest, and UnderPeerReview for
    a board whose cluster has a facilitator now.
    """
    reflection = locked(reflection, by=by)
    if (
        is_officer_of_the_board(by, reflection)
        and is_under_peer_review(by, reflection)
        and not facilitates(by, reflection)
        and reflection.state in {State.SUBMITTED, State.IN_REVIEW}
    ):
        raise UnderPeerReview(f"{Permission.RECORD_AGREEMENT} refused")
    reflection = _authorised(
        reflection,
        Permission.RECORD_AGREEMENT,
        by=by,
        states={State.SUBMITTED, State.IN_REVIEW},
    )
    _is_about(reflection, submission_number)
    rows = reflection.latest_submission.submitted_outcomes.filter(uses_levels=True)
    agreed = []
    for row in rows.filter(outcome__in=levels).select_related("outcome__module"):
        level, reason, language = levels[row.outcome_id]
        if level > row.outcome.module.highest_level:
            raise ForeignSubject
        if level != row.own_level and not reason.strip():
            raise ReasonMissing
        agreed.append(
            AgreedLevel(
                submitted_outcome=row,
                level=level,
                reason=reason,
                language=language if reason else "",
                agreed_by=by,
            )
        )
    AgreedLevel.objects.bulk_create(agreed)
    standings.note_agreed(reflection.latest_submission)
    change_state(reflection, State.AGREED, Kind.AGREED, by=by)
