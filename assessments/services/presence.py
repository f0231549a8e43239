"""Noting who has a page of the form open. It holds nobody up: no lock, no transaction, no audit."""

from django.utils import timezone

from assessments.models import Presence


def note_presence(*, reflection, page_id, place, by):
    """Say that ``by`` has a page open, and forget pages that fell silent: two queries.

    The caller has checked who may be there.
    """
    now = timezone.now()
    Presence.objects.bulk_create(
        [
            Presence(
                reflection=reflection, by=by, page_id=page_id, place=place, seen_at=now
            )
        ],
        update_conflicts=True,
        unique_fields=["reflection", "by", "page_id"],
        update_fields=["place", "seen_at"],
    )
    Presence.objects.silent().delete()


def forget_presence(*, reflection, page_id, by):
    """Say that ``by`` has left a page, which may be forgotten already: one query."""
    Presence.objects.filter(reflection=reflection, by=by, page_id=page_id).delete()
