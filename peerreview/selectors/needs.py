"""What helps the people of a group's meeting, for whoever facilitates it and for nobody else."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from organisations.models import LEAD_ROLES, Membership, User
from peerreview.models import Assignment, ClusterReview


@dataclass(frozen=True)
class MeetingNeeds:
    """What those who come have said: shared notes by name, and how many prefer which language."""

    notes: list[User]
    in_welsh: int
    in_english: int
    unsaid: int


def meeting_needs(group, *, besides):
    """The needs of all who come to the meeting of ``group`` ``besides`` its facilitator: one query.

    Who comes are those who review in the group and the leads of its clusters. Asks nobody's
    leave: the caller has.
    """
    reviewing = Assignment.objects.running().filter(group=group)
    clusters = ClusterReview.objects.taking_part().filter(group=group)
    leads = Membership.objects.current().filter(
        role__in=LEAD_ROLES, cluster__in=clusters.values("reflection__cluster")
    )
    people = list(
        User.objects.filter(
            Q(pk__in=reviewing.values("user")) | Q(pk__in=leads.values("user")),
            is_active=True,
        )
        .exclude(pk=besides.pk)
        .order_by("name", "email")
    )
    languages = Counter(person.language for person in people)
    return MeetingNeeds(
        notes=[person for person in people if person.shares_meeting_note],
        in_welsh=languages["cy"],
        in_english=languages["en"],
        unsaid=languages[""],
    )
