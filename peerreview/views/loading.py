"""Which round, group or review an address is about, 404 where one may not know of it; and back."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from peerreview.models import ClusterReview, ReviewGroup, ReviewRound


def visible_round(request, round_code):
    return get_object_or_404(
        ReviewRound.objects.visible_to(request.user)
        .select_related("cycle__edition", "health_board")
        .prefetch_related("phases"),
        code=round_code,
    )


def visible_group(request, round_code, number):
    """The group by its number in the round."""
    return get_object_or_404(
        ReviewGroup.objects.visible_to(request.user)
        .select_related("round__cycle__edition", "round__health_board")
        .prefetch_related("round__phases"),
        round__code=round_code,
        number=number,
    )


def visible_review(request, round_code, cluster):
    return get_object_or_404(
        ClusterReview.objects.visible_to(request.user)
        .select_related(
            "round__cycle__edition",
            "round__health_board",
            "group",
            "reflection__cycle__edition",
            "reflection__cluster__health_board",
        )
        .prefetch_related("round__phases"),
        round__code=round_code,
        reflection__cluster__code=cluster,
    )


def review_url(name, review, **more):
    """An address that says what one is on: the round and the cluster."""
    codes = {"round": review.round.code, "cluster": review.cluster.code}
    return reverse(f"peerreview:{name}", kwargs=codes | more)
