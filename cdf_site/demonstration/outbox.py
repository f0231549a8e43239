"""The demonstration's outbox: a few of the e-mails that its making wrote, with their dates."""

from assessments.models import SelfReflection, StateChange
from notifications.models import Message

WRITTEN_OF = {
    Message.Kind.SUBMITTED: StateChange.Kind.SUBMITTED,
    Message.Kind.RETURNED: StateChange.Kind.RETURNED,
}


def keep_a_few(*, cycle, addresses):
    """Keep what went to ``addresses`` about ``cycle``, dated as what it tells of; and invitations.

    The rows are written anew, as sent, but for what waits since today for the day's e-mail: what
    waits for the end of the transaction to send the old ones finds none.
    """
    reflections = {
        str(reflection.pk): reflection
        for reflection in SelfReflection.objects.filter(cycle=cycle)
    }
    kept = []
    for message in Message.objects.order_by("pk"):
        if message.kind == Message.Kind.CYCLE_OPENED:
            if message.about_id != str(cycle.pk) or message.address not in addresses:
                continue
            message.created_at, message.held_at = cycle.opens_at, None
        elif message.kind in WRITTEN_OF:
            reflection = reflections.get(message.about_id)
            if reflection is None or message.address not in addresses:
                continue
            changes = reflection.state_changes.filter(kind=WRITTEN_OF[message.kind])
            number = int(message.facts.get("number", 1))
            message.created_at = changes.order_by("pk")[number - 1].at
            message.held_at = None
        message.pk = None
        if message.held_at is None:
            message.sent_at = message.created_at
        kept.append(message)
    Message.objects.all().delete()
    Message.objects.bulk_create(sorted(kept, key=lambda one: one.created_at))
