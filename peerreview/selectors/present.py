"""Who is of a group or a cluster today, so that pages can say of whom that is no longer true."""

from functools import cached_property

from organisations.models import CLUSTER_ROLES, Membership
from peerreview.models import Annotation, Assignment


class Present:
    """The people of some reviews today; two queries at most, however many reviews there are."""

    def __init__(self, reviews):
        self.groups = {review.pk: review.group_id for review in reviews}
        self.clusters = {review.pk: review.reflection.cluster_id for review in reviews}

    @cached_property
    def assigned(self):
        """Pairs of a group and somebody who reviews or facilitates in it."""
        return set(
            Assignment.objects.running()
            .filter(group__in={group for group in self.groups.values() if group})
            .values_list("group_id", "user_id")
        )

    @cached_property
    def members(self):
        """Pairs of a cluster and somebody who works in it."""
        return set(
            Membership.objects.current()
            .filter(
                cluster__in=set(self.clusters.values()),
                role__in=CLUSTER_ROLES,
                user__is_active=True,
            )
            .values_list("cluster_id", "user_id")
        )

    def is_former(self, annotation):
        """Whether its author was of the group, or of the cluster, and is no more."""
        of = annotation.review_id
        if annotation.voice == Annotation.Voice.CLUSTER:
            return (self.clusters[of], annotation.author_id) not in self.members
        return (self.groups[of], annotation.author_id) not in self.assigned
