"""Entries of the library: shared with consent, changed, withdrawn, and asked about."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.models import Message
from notifications.services import send
from notifications.writing import link_to
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise
from peerreview.models import Annotation, ContactRequest, GoodPractice
from peerreview.selectors.practice import (
    contacts_of,
    keeping_clusters,
    level_then,
    people_to_name,
)
from peerreview.services.locking import locked_review


class NotGoodPractice(Exception):
    """The annotation is no good practice that was shared with the cluster."""


class SharedAlready(Exception):
    """The annotation is in the library, or was once."""


class NobodyThere(Exception):
    """The contact does not work in the cluster."""


class ChangedMeanwhile(Exception):
    """Somebody changed the entry after it was read."""


class AskedAlready(Exception):
    """This person asked to be put in touch before."""


@transaction.atomic
def share_practice(*, annotation, outcome, title, text, language, contact, by):
    """Put what a peer called good practice into the library, in the cluster's own words.

    Whoever calls this consents for the cluster, and for ``contact``, who works in it. What the same
    person sends twice is there once; otherwise an entry that there is already raises SharedAlready.
    """
    review = locked_review(annotation.review, by=by)
    authorise(by, Permission.SHARE_PRACTICE, review)
    annotation = (
        Annotation.objects.visible_to(by)
        .roots()
        .standing()
        .filter(
            pk=annotation.pk,
            review=review,
            choice=Annotation.Kind.GOOD_PRACTICE,
            shared_at__isnull=False,
        )
        .select_related("review", "outcome")
        .first()
    )
    if annotation is None or annotation.outcome not in (None, outcome):
        raise NotGoodPractice
    said = {"title": title, "text": text, "language": language, "contact": contact}
    if earlier := GoodPractice.objects.filter(annotation=annotation).first():
        is_the_same = earlier.outcome == outcome and _says(earlier, said)
        if is_the_same and earlier.consented_by == by:
            return earlier
        raise SharedAlready
    cluster_id = review.reflection.cluster_id
    _refuse_stranger(contact, cluster_id)
    practice = GoodPractice.objects.create(
        annotation=annotation,
        cluster_id=cluster_id,
        outcome=outcome,
        level=level_then(annotation, outcome),
        consented_by=by,
        version=1,
        **said,
    )
    record(AuditEvent.Kind.ADDED, by=by, subject=practice)
    return practice


@transaction.atomic
def edit_practice(*, practice, base_version, title, text, language, contact, by):
    """Change an entry; one that was withdrawn is shared again, as it stands now.

    Raises ChangedMeanwhile where the entry is not as ``base_version`` was, unless it says the same
    already: then it stays as it is.
    """
    practice = _locked(practice, by=by)
    authorise(by, Permission.KEEP_PRACTICE, practice)
    said = {"title": title, "text": text, "language": language, "contact": contact}
    if _says(practice, said):
        return practice
    if practice.version != base_version:
        raise ChangedMeanwhile
    _refuse_stranger(contact, practice.cluster_id)
    for name, value in said.items():
        setattr(practice, name, value)
    is_shared_again = practice.withdrawn_at is not None
    if is_shared_again:
        practice.withdrawn_at = practice.withdrawn_by = None
        practice.consented_at, practice.consented_by = timezone.now(), by
        practice.level = level_then(practice.annotation, practice.outcome)
    practice.version += 1
    practice.save()
    record(
        AuditEvent.Kind.CHANGED,
        by=by,
        subject=practice,
        what="shared_again" if is_shared_again else "edited",
    )
    return practice


@transaction.atomic
def withdraw_practice(*, practice, by):
    """Take the entry out of the library at once; who had asked about it stays known."""
    practice = _locked(practice, by=by)
    authorise(by, Permission.KEEP_PRACTICE, practice)
    if practice.withdrawn_at is None:
        practice.withdrawn_at, practice.withdrawn_by = timezone.now(), by
        practice.version += 1
        practice.save()
        record(AuditEvent.Kind.CHANGED, by=by, subject=practice, what="withdrawn")


@transaction.atomic
def ask_contact(*, practice, text, language, by):
    """Let an entry's contact know that somebody would like to hear more; once a person.

    The e-mail holds names and a link. Raises AskedAlready, and PermissionDenied for whoever works
    in the cluster or may not read the entry.
    """
    by.forget_memberships()
    authorise(by, Permission.READ_LIBRARY)
    practice = (
        GoodPractice.objects.visible_to(by)
        .shared()
        .select_for_update(of=("self",), no_key=True)
        .select_related("cluster", "contact")
        .filter(pk=practice.pk)
        .first()
    )
    cluster_ids = keeping_clusters(practice.cluster_id)[0] if practice else set()
    if practice is None or by in people_to_name(cluster_ids):
        raise PermissionDenied("whoever asks is of another cluster")
    if ContactRequest.objects.filter(good_practice=practice, by=by).exists():
        raise AskedAlready
    try:
        with transaction.atomic():
            request = ContactRequest.objects.create(
                good_practice=practice,
                by=by,
                text=text,
                language=language if text else "",
            )
    except IntegrityError:
        raise AskedAlready from None
    record(AuditEvent.Kind.ADDED, by=by, subject=request)
    people, _is_the_contact, _successors = contacts_of(practice)
    send(
        kind=Message.Kind.CONTACT_ASKED,
        to=people,
        about=practice,
        facts={
            "person": str(by),
            "cluster": {
                "cy": practice.cluster.name_cy,
                "en": practice.cluster.name_en,
            },
            "link": link_to("peerreview:practice_detail", practice=practice.pk),
        },
    )
    return request


def _says(practice, said):
    """Whether it is in the library with these very words and this contact."""
    return practice.withdrawn_at is None and all(
        getattr(practice, name) == value for name, value in said.items()
    )


def _locked(practice, *, by):
    practice = (
        GoodPractice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("annotation__review", "outcome", "cluster")
        .get(pk=practice.pk)
    )
    by.forget_memberships()
    return practice


def _refuse_stranger(contact, cluster_id):
    cluster_ids, _successors = keeping_clusters(cluster_id)
    if contact not in people_to_name(cluster_ids):
        raise NobodyThere
