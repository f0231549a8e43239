"""Noting who has a page of the form open. It holds nobody up: no lock, no transaction, no audit."""

from django.utils import timezone

from assessments.models import Presence


def note_presence(*, reflection, page_id, place, by):
    """Say that ``by`` has a page open, and forget pages that fell silent.

    Two queries, three for a page's first sign. A page that was left stays left: its last sign may
    be read after the word that it was left. The caller has checked who may be there.
    """
    page = {"reflection": reflection, "by": by, "page_id": page_id}
    sign = {"place": place, "seen_at": timezone.now()}
    if not Presence.objects.open().filter(**page).update(**sign):
        Presence.objects.bulk_create([Presence(**page, **sign)], ignore_conflicts=True)
    Presence.objects.silent().delete()


def forget_presence(*, reflection, page_id, by):
    """Say that ``by`` has left a page, of which no sign may have been read yet: one query."""
    Presence.objects.bulk_create(
        [Presence(reflection=reflection, by=by, page_id=page_id, place=Presence.LEFT)],
        update_conflicts=True,
        unique_fields=["reflection", "by", "page_id"],
        update_fields=["place"],
    )
