"""Annotations and replies: saved as they are typed, shared, resolved, taken back.

Each belongs to its author, whose words nobody else changes. A reply is an annotation with a parent.
"""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.models import Submission
from assessments.services.versions import History, Saved, save_entries
from frameworks.models import Criterion, Outcome
from organisations.audit import record, record_many
from organisations.models import AuditEvent, User
from organisations.permissions import Permission, authorise, holds
from peerreview.models import (
    Annotation,
    AnnotationVersion,
    Assignment,
    Mention,
    Resolution,
)
from peerreview.rules import (
    facilitates_the_review,
    reads_as_reviewer,
    works_in_the_reviewed_cluster,
)
from peerreview.selectors.people import people_of
from peerreview.selectors.reviews import taken_part_in
from peerreview.services.locking import locked_review
from peerreview.services.mentions import tell_mentioned
from peerreview.services.telling_said import replied, shared_with_cluster

HISTORY = History(AnnotationVersion, "written")
Voice = Annotation.Voice
WHAT = "annotation"  # in the audit


class ForeignPlace(Exception):
    """An annotation is about something that this review has not, or is a reply to nothing."""


class Unfinished(Exception):
    """What is to be shared says nothing yet, or not what is meant by it."""

    def __init__(self, numbers):
        self.numbers = numbers
        super().__init__(f"{len(numbers)} without a kind or words")


class TakenBack(PermissionDenied):
    """Its author took it back: there is nothing left to resolve."""


class RepliedTo(PermissionDenied):
    """Others have replied to it, or built upon it: it cannot be taken back any more."""


@dataclass(frozen=True)
class Remark:
    """An annotation by the number that its page chose, and what it is about where it is new."""

    number: uuid.UUID
    outcome_id: int | None = field(default=None, compare=False)
    criterion_id: int | None = field(default=None, compare=False)
    parent_id: int | None = field(default=None, compare=False)
    # of the submission that its writer had before them
    submission_number: int | None = field(default=None, compare=False)

    @classmethod
    def of(cls, annotation):
        return cls(
            annotation.key,
            outcome_id=annotation.outcome_id,
            criterion_id=annotation.criterion_id,
            parent_id=annotation.parent_id,
        )

    @property
    def key(self):
        """Its name in forms and addresses of parts of a page."""
        return f"a-{self.number}"


@transaction.atomic
def save_annotations(
    *,
    review,
    entries,
    language,
    operation_id,
    by,
    mentions=None,
):
    """Save each entry, whose subject is a Remark, that is fresh; see ``save_entries``.

    What is new belongs to the submission that its writer had before them. ``mentions`` holds, by
    number, the primary keys of the people mentioned in it. Where ``by`` may not write this now,
    because the phase ended or they are no peer any more, the text is kept as refused and listed in
    ``closed``. Raises PermissionDenied for whoever never had a part in the review, and for the
    words of somebody else; ForeignPlace for what this review has not; Unfinished where others would
    be left with an annotation that says nothing.
    """
    review = locked_review(review, by=by)
    rows = _rows(review, entries, by=by)
    _refuse_to_empty(rows, entries)
    allowed = allowed_to_write(review, by=by)
    saved = Saved()
    for is_open in (True, False):
        some = [e for e in entries if allowed(rows[e.subject]) is is_open]
        if some:
            part = save_entries(
                rows={entry.subject: rows[entry.subject] for entry in some},
                entries=some,
                history=HISTORY,
                is_open=is_open,
                language=language,
                operation_id=operation_id,
                by=by,
            )
            saved.versions |= part.versions
            saved.changed += part.changed
            saved.conflicts += part.conflicts
            saved.closed += part.closed
    for number, people in (mentions or {}).items():
        row = rows.get(Remark(number))
        if row is not None and row.pk and allowed(row):
            _mention(review, row, people, by=by)
    if saved.changed:
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=review,
            what=WHAT,
            versions={
                str(remark.number): saved.versions[remark] for remark in saved.changed
            },
        )
    return saved


@transaction.atomic
def share_annotations(*, review, by, numbers=None):
    """Let others see those of ``numbers``, or all of one's own annotations in this review.

    Others are who the phase says; mentioned colleagues among them are told, and whoever is answered. Of named ones raises
    Unfinished where one has no kind or no words; of all, such ones stay private. Sending a reply is
    sharing it. Gives those that were shared now.
    """
    review = locked_review(review, by=by)
    own = Annotation.objects.filter(
        review=review, author=by, shared_at=None, removed_at=None
    ).select_related("outcome__module", "parent")
    if numbers is None:
        authorise(by, Permission.ANNOTATE, review)
        rows = [row for row in own.roots() if _is_finished(row)]
    else:
        _refuse_others_words(review, numbers, by=by)
        rows = list(own.filter(key__in=numbers))
        stored = Annotation.objects.filter(review=review, key__in=numbers)
        unfinished = [row.key for row in rows if not _is_finished(row)]
        unfinished += set(numbers) - set(stored.values_list("key", flat=True))
        if unfinished:
            raise Unfinished(unfinished)
    allowed = allowed_to_write(review, by=by)
    if not all(allowed(row) for row in rows):
        raise PermissionDenied("sharing refused")
    now = timezone.now()
    for row in rows:
        row.review = review
        row.shared_at = now
    Annotation.objects.filter(pk__in=[row.pk for row in rows]).update(shared_at=now)
    record_many([(row, {}) for row in rows], by=by, what="shared")
    people = {}
    for mention in Mention.objects.filter(annotation__in=rows).select_related("user"):
        people.setdefault(mention.annotation_id, []).append(mention.user)
    for row in rows:
        if row.pk in people:
            tell_mentioned(annotation=row, people=people[row.pk], by=by)
    shared_with_cluster(review=review, rows=rows, by=by)
    replied(review=review, rows=rows, by=by)
    return rows


@transaction.atomic
def resolve_annotation(*, annotation, is_resolved, by):
    """Say that an annotation needs no more, or that it does again: its author or the facilitator.

    What is so already stays so. Each change is kept. Raises TakenBack where its author took it back.
    """
    review = locked_review(annotation.review, by=by)
    annotation = _locked(annotation)
    authorise(by, Permission.READ_AS_REVIEWER, review)
    is_author = annotation.author_id == by.pk
    if not (is_author or facilitates_the_review(by, review)):
        raise PermissionDenied("neither its author nor the facilitator")
    if annotation.parent_id or not annotation.is_shared:
        raise PermissionDenied("there is nothing to resolve")
    if annotation.removed_at:
        raise TakenBack
    if annotation.is_resolved == is_resolved:
        return annotation
    annotation.resolved_at = timezone.now() if is_resolved else None
    annotation.resolved_by = by if is_resolved else None
    annotation.save(update_fields=["resolved_at", "resolved_by"])
    Resolution.objects.create(annotation=annotation, is_resolved=is_resolved, by=by)
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=annotation,
        what="resolution",
        is_resolved=is_resolved,
    )
    return annotation


@transaction.atomic
def take_back_annotation(*, annotation, by):
    """Have one's own words be seen by nobody else any more; they are kept, and can be put back.

    Raises RepliedTo where others have replied, or something came of it.
    """
    annotation = _own(annotation, by=by)
    if annotation.removed_at:
        return annotation
    if has_been_built_upon(annotation):
        raise RepliedTo
    annotation.removed_at = timezone.now()
    annotation.save(update_fields=["removed_at"])
    record(AuditEvent.Kind.REMOVED, by=by, subject=annotation)
    return annotation


@transaction.atomic
def put_back_annotation(*, annotation, by):
    """Have what was taken back be as it was, shared or not."""
    annotation = _own(annotation, by=by)
    if annotation.removed_at is None:
        return annotation
    annotation.removed_at = None
    annotation.save(update_fields=["removed_at"])
    record(AuditEvent.Kind.CHANGED, by=by, subject=annotation, what="put_back")
    return annotation


def has_been_built_upon(annotation):
    """Whether others replied, or an action or good practice came of it."""
    return (
        annotation.replies.filter(shared_at__isnull=False, removed_at=None)
        .exclude(author=annotation.author_id)
        .exists()
        or Annotation.objects.filter(
            Q(response__shared_at__isnull=False)
            | Q(good_practice__isnull=False)
            | Q(action_origins__isnull=False),
            pk=annotation.pk,
        ).exists()
    )


# What the services above share -------------------------------------------------------------


def _rows(review, entries, *, by):
    """The row of each entry's remark: the stored ones, and new ones where there are none yet."""
    numbers = [entry.subject.number for entry in entries]
    _refuse_others_words(review, numbers, by=by)
    stored = {
        Remark.of(row): row
        for row in Annotation.objects.filter(key__in=numbers).select_related("parent")
    }
    new = [entry.subject for entry in entries if entry.subject not in stored]
    voice = _voice(review, by=by)
    if new:
        parents = _parents(review, new)
        _refuse_foreign(review, new)
        submissions = dict(
            Submission.objects.filter(reflection=review.reflection_id).values_list(
                "number", "pk"
            )
        )
    for remark in new:
        if not (remark.parent_id or remark.submission_number in submissions):
            raise ForeignPlace
        about = Annotation(
            outcome_id=remark.outcome_id,
            criterion_id=remark.criterion_id,
            submission_id=submissions.get(remark.submission_number),
        )
        if remark.parent_id:
            about = parents[remark.parent_id]
        stored[remark] = Annotation(
            key=remark.number,
            review=review,
            submission_id=about.submission_id,
            outcome_id=about.outcome_id,
            criterion_id=about.criterion_id,
            parent=about if remark.parent_id else None,
            voice=voice,
            author=by,
        )
    return stored


def _refuse_others_words(review, numbers, *, by):
    others = Annotation.objects.filter(key__in=numbers).exclude(
        author=by, review=review
    )
    if others.exists():
        raise PermissionDenied("these are somebody else's words")


def _voice(review, *, by):
    """In what capacity ``by`` writes; PermissionDenied for whoever never had a part."""
    if facilitates_the_review(by, review):
        return Voice.FACILITATOR
    if reads_as_reviewer(by, review):
        return Voice.REVIEWER
    if works_in_the_reviewed_cluster(by, review):
        return Voice.CLUSTER
    # Somebody who wrote when they still might: what they typed is kept.
    past = Assignment.objects.filter(group__round=review.round_id, user=by).last()
    if (
        past is None
        or not by.is_active
        or not taken_part_in(by).filter(pk=review.pk).exists()
    ):
        raise PermissionDenied(f"{Permission.ANNOTATE} refused")
    return Voice(past.role)


def allowed_to_write(review, *, by):
    """A test of rows, or of remarks: whether ``by`` may write them now."""
    annotates = holds(by, Permission.ANNOTATE, review)
    replies = annotates or holds(by, Permission.REPLY_FOR_CLUSTER, review)
    seen = set(
        Annotation.objects.visible_to(by)
        .filter(review=review, parent=None, shared_at__isnull=False, removed_at=None)
        .values_list("pk", flat=True)
        if replies
        else ()
    )

    def allowed(row):
        if row.parent_id is None:
            return annotates
        return replies and row.parent_id in seen

    return allowed


def _parents(review, remarks):
    wanted = {remark.parent_id for remark in remarks if remark.parent_id}
    parents = {
        row.pk: row
        for row in Annotation.objects.filter(
            pk__in=wanted, review=review, parent=None, shared_at__isnull=False
        )
    }
    if set(parents) != wanted:
        raise ForeignPlace
    return parents


def _refuse_foreign(review, remarks):
    """No constraint can see that an outcome or a criterion is of the cycle's edition."""
    edition = review.reflection.cycle.edition_id
    outcomes = {remark.outcome_id for remark in remarks if remark.outcome_id}
    criteria = {
        (remark.criterion_id, remark.outcome_id)
        for remark in remarks
        if remark.criterion_id
    }
    known = Outcome.objects.filter(module__edition=edition, pk__in=outcomes)
    places = Criterion.objects.filter(
        outcome__module__edition=edition,
        pk__in=[criterion for criterion, _ in criteria],
    )
    if known.count() != len(outcomes) or criteria != set(
        places.values_list("pk", "outcome_id")
    ):
        raise ForeignPlace


def _refuse_to_empty(rows, entries):
    """What others see is taken back, and not left without a kind or words."""
    emptied = [
        entry.subject.number
        for entry in entries
        if rows[entry.subject].is_shared
        and not _says_something(rows[entry.subject], entry)
    ]
    if emptied:
        raise Unfinished(emptied)


def _says_something(row, said):
    return bool(said.text.strip() and (said.choice or row.parent_id))


def _is_finished(row):
    return _says_something(row, row)


def _mention(review, row, wanted, *, by):
    """Mention ``wanted``; whoever was told of what is shared stays mentioned."""
    mentioned = set(row.mentions.values_list("user", flat=True))
    wanted = set(wanted) - {by.pk}
    if mentioned == wanted:
        return
    able = {person.pk for person in people_of(review) if person.sees_shared}
    new = (wanted - mentioned) & able
    if not row.is_shared:
        row.mentions.exclude(user__in=wanted).delete()
    Mention.objects.bulk_create(
        Mention(annotation=row, user_id=user) for user in sorted(new)
    )
    record(AuditEvent.Kind.CHANGED, by=by, subject=row, what="mentions")
    if row.is_shared and new:
        row.review = review
        tell_mentioned(
            annotation=row, people=User.objects.filter(pk__in=new).order_by("pk"), by=by
        )


def _locked(annotation):
    """The row as it is now: whoever changes one has the lock of its review."""
    return Annotation.objects.select_related("review").get(pk=annotation.pk)


def _own(annotation, *, by):
    """One's own annotation under the lock, where one may still write."""
    review = locked_review(annotation.review, by=by)
    annotation = _locked(annotation)
    if annotation.author_id != by.pk:
        raise PermissionDenied("these are somebody else's words")
    may_write = holds(by, Permission.ANNOTATE, review) or (
        annotation.parent_id and holds(by, Permission.REPLY_FOR_CLUSTER, review)
    )
    if not may_write:
        raise PermissionDenied("nothing is written in this review now")
    return annotation
