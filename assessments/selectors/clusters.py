"""What clusters still have under way, for whoever is about to merge, split or close them."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assessments.models import (
    Action,
    Cycle,
    IndicatorValue,
    SelfReflection,
    Submission,
)

State = SelfReflection.State
IS_UNDER_WAY = (State.NOT_STARTED, State.DRAFT, State.SUBMITTED, State.IN_REVIEW)


def free_from(clusters):
    """The first day on which no cycle that is open needs ``clusters`` any more, or None.

    The day after the one on which the time of the last of them ends: until then somebody may
    write, submit or withdraw, and nobody else could do so for them.
    """
    ends = [timezone.localdate(row.closes_at) for row in under_way(clusters)]
    return max(ends) + datetime.timedelta(days=1) if ends else None


def under_way(clusters):
    """The self-reflections of ``clusters`` in open cycles on which there is no agreement yet."""
    return list(
        SelfReflection.objects.filter(
            cluster__in=clusters,
            cycle__opened_at__isnull=False,
            cycle__closed_at=None,
            state__in=IS_UNDER_WAY,
        )
        .with_shown_state()
        .select_related("cycle", "cluster")
        .order_by("cycle__closes_at", "cluster", "pk")
    )


@dataclass(frozen=True)
class Left:
    """What stays with clusters that close, as it is."""

    under_way: list[SelfReflection]
    submission_count: int
    action_count: int
    value_count: int  # of indicators
    planned: list[Cycle]  # that are to open before the day and close after it


def left_behind(clusters, on):
    """What ``clusters`` leave as it is when they close on the day ``on``: five queries."""
    cycles = Cycle.objects.filter(opened_at=None, closed_at=None)
    return Left(
        under_way=under_way(clusters),
        submission_count=Submission.objects.filter(
            reflection__cluster__in=clusters
        ).count(),
        action_count=Action.objects.filter(reflection__cluster__in=clusters)
        .open()
        .count(),
        value_count=IndicatorValue.objects.filter(cluster__in=clusters).count(),
        planned=[
            cycle
            for cycle in cycles.order_by("opens_at")
            if timezone.localdate(cycle.opens_at)
            < on
            <= timezone.localdate(cycle.closes_at)
        ],
    )
