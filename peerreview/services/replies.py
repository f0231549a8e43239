"""The cluster's reply to what was said of it: written together, sent once it says enough."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from assessments.services.versions import History, save_entries
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise, holds
from peerreview.models import Annotation, Finding, Response, ResponseVersion
from peerreview.rules import works_in_the_reviewed_cluster
from peerreview.selectors.replies import ANNOTATION, FINDING, Target, is_ready
from peerreview.services.locking import locked_review
from peerreview.services.telling_said import cluster_replied

HISTORY = History(ResponseVersion, "written")


class ForeignTarget(Exception):
    """A reply is to something that was not said of this cluster in this review."""


class NotReady(Exception):
    """A reply that explains or disagrees has no reason, or says nothing."""


class ChangedMeanwhile(Exception):
    """Somebody changed a reply after it was looked at, or sent it."""


@transaction.atomic
def save_replies(*, review, entries, language, operation_id, by):
    """Save each entry that is fresh, and refuse the stale ones with both texts kept.

    See ``save_entries``. What comes after the time for replies, to a reply that was sent, or to
    something that its author took back, is kept as refused and listed in ``closed``. Raises
    PermissionDenied for whoever does not work in the cluster.
    """
    review = locked_review(review, by=by)
    if not (by.is_active and works_in_the_reviewed_cluster(by, review)):
        raise PermissionDenied(f"{Permission.REPLY_FOR_CLUSTER} refused")
    is_open = holds(by, Permission.REPLY_FOR_CLUSTER, review)

    targets = [entry.subject for entry in entries]
    open_targets = _open_targets(review, targets, by=by)
    rows = _rows(review, targets)
    saved = None
    for takes_replies in (True, False):
        some = [
            entry
            for entry in entries
            if takes_replies
            == (entry.subject in open_targets and rows[entry.subject].shared_at is None)
        ]
        part = save_entries(
            rows={entry.subject: rows[entry.subject] for entry in some},
            entries=some,
            history=HISTORY,
            is_open=is_open and takes_replies,
            language=language,
            operation_id=operation_id,
            by=by,
        )
        if saved is None:
            saved = part
        else:
            saved.versions |= part.versions
            saved.closed += part.closed
    if saved.changed:
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=review,
            what="replies",
            versions={target.key: saved.versions[target] for target in saved.changed},
        )
    return saved


@transaction.atomic
def send_replies(*, review, seen, by):
    """Let those who may see what was said see the replies too.

    ``seen`` holds, by target, the version that somebody looked at. Raises NotReady where one says
    too little and ChangedMeanwhile where one is not as it was; then none is sent.
    """
    review = locked_review(review, by=by)
    authorise(by, Permission.REPLY_FOR_CLUSTER, review)
    rows = _rows(review, seen)
    open_targets = _open_targets(review, seen, by=by)
    for target, version in seen.items():
        row = rows[target]
        if row.version != version or row.is_shared or target not in open_targets:
            raise ChangedMeanwhile
        if not is_ready(row):
            raise NotReady
    now = timezone.now()
    for row in rows.values():
        row.shared_at = now
        row.save(update_fields=["shared_at"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=row, what="sent")
    cluster_replied(review=review, responses=list(rows.values()), by=by)
    return len(rows)


@transaction.atomic
def take_back_reply(*, review, target, by):
    """Make a reply that was sent a draft of the cluster's again."""
    review = locked_review(review, by=by)
    authorise(by, Permission.REPLY_FOR_CLUSTER, review)
    row = Response.objects.filter(review=review, **target.fields).first()
    if row is None:
        raise ForeignTarget
    if row.is_shared:
        row.shared_at = None
        row.save(update_fields=["shared_at"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=row, what="taken_back")


def _rows(review, targets):
    """The locked reply to each target, a new one where there is none."""
    stored = {
        Target.of(response): response
        for response in Response.objects.filter(review=review)
    }
    return {
        target: stored.get(target) or Response(review=review, **target.fields)
        for target in targets
    }


def _open_targets(review, targets, *, by):
    """Those that the cluster sees and nobody took back; ForeignTarget for what it never saw."""
    numbers = {ANNOTATION: set(), FINDING: set()}
    for target in targets:
        numbers[target.kind].add(target.pk)
    annotations = Annotation.objects.roots().filter(
        review=review, pk__in=numbers[ANNOTATION], shared_at__isnull=False
    )
    findings = Finding.objects.filter(review=review, pk__in=numbers[FINDING])
    known = {
        ANNOTATION: set(annotations.values_list("pk", flat=True)),
        FINDING: set(
            findings.filter(shared_at__isnull=False).values_list("pk", flat=True)
        ),
    }
    if known != numbers:
        raise ForeignTarget
    seen = {
        ANNOTATION: annotations.visible_to(by).standing(),
        FINDING: findings.visible_to(by),
    }
    return {
        Target(kind, pk)
        for kind, rows in seen.items()
        for pk in rows.values_list("pk", flat=True)
    }
