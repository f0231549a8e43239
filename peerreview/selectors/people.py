"""Who takes part in the review of one cluster."""

from django.db.models import Exists, OuterRef, Q, Subquery

from organisations.models import CLUSTER_ROLES, Membership, User
from peerreview.models import Annotation, Assignment, Interest, ReviewPhase


def people_of(review):
    """The people of the group and of the cluster, by name: one query.

    Each says what they are: ``assigned_as``, ``is_member``, ``reviews``, and ``sees_shared``,
    whether they see now what others share. Asks nobody's leave: the caller has.
    """
    here = {"user": OuterRef("pk")}
    assignments = Assignment.objects.running().filter(group=review.group_id)
    members = Membership.objects.current().filter(
        cluster=review.reflection.cluster_id, role__in=CLUSTER_ROLES
    )
    people = list(
        User.objects.filter(
            Q(pk__in=assignments.values("user")) | Q(pk__in=members.values("user")),
            is_active=True,
        )
        .annotate(
            assigned_as=Subquery(assignments.filter(**here).values("role")[:1]),
            is_member=Exists(members.filter(**here)),
            has_interest=Exists(Interest.objects.filter(review=review, **here)),
            has_shared=Exists(
                Annotation.objects.roots()
                .standing()
                .filter(review=review, author=OuterRef("pk"), shared_at__isnull=False)
            ),
        )
        .order_by("name", "email")
    )
    phase = review.round.phase
    for person in people:
        person.reviews = bool(
            person.assigned_as and not (person.is_member or person.has_interest)
        )
        person.facilitates = (
            person.reviews and person.assigned_as == Assignment.Role.FACILITATOR
        )
        person.sees_shared = _sees_shared(person, phase)
    return people


def _sees_shared(person, phase):
    if phase is None:
        return False
    if not person.reviews:
        return person.is_member and phase.cluster_sees
    sees = ReviewPhase.Sight
    return (
        person.facilitates
        or phase.reviewers_see == sees.ALWAYS
        or (phase.reviewers_see == sees.AFTER_OWN and person.has_shared)
    )
