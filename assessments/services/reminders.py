"""The day's reminders: of deadlines that come near, and of actions that are due or late.

Each is written once for each person and occasion, however often and by how many it is asked.
"""

from django.db import transaction

from assessments.selectors.reminders import (
    actions_due_soon,
    actions_just_overdue,
    deadlines_near,
)
from assessments.services.telling import facts_of, facts_of_action
from notifications.models import Message
from notifications.services import Letters, send_all
from notifications.writing import day, hour

Kind = Message.Kind


@transaction.atomic
def remind_of_deadlines():
    """Remind whoever leads a cluster that has not submitted; returns the messages."""
    letters = {Kind.REMINDER: [], Kind.LAST_REMINDER: []}
    for deadline in deadlines_near():
        reflection = deadline.reflection
        kind = Kind.LAST_REMINDER if deadline.is_last else Kind.REMINDER
        letters[kind].append(
            Letters(
                to=deadline.leads,
                facts=facts_of(reflection.cycle, reflection.cluster)
                | {
                    "closes_at": hour(reflection.closes_at),
                    "days": reflection.days_left,
                    "is_last_day": reflection.days_left == 0,
                },
                about=reflection,
                occasion=deadline.occasion,
            )
        )
    return [
        message
        for kind, some in letters.items()
        for message in send_all(kind=kind, letters=some)
    ]


@transaction.atomic
def remind_of_actions():
    """Tell owners and leads of what is due soon and of what has just become late."""
    return [
        message
        for kind, pressing in (
            (Kind.ACTION_DUE, actions_due_soon()),
            (Kind.ACTION_OVERDUE, actions_just_overdue()),
        )
        for message in send_all(
            kind=kind,
            letters=[
                Letters(
                    to=people,
                    facts=facts_of_action(one.action)
                    | {"due": day(one.action.due_on), "is_owner": is_owner},
                    about=one.action,
                    occasion=str(one.action.due_on),
                )
                for one in pressing
                for people, is_owner in (
                    ([one.owner] if one.owner else [], True),
                    (one.leads, False),
                )
            ],
        )
    ]
