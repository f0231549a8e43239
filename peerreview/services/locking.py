"""The locks: of what is written in the review of one cluster, and of how a round is arranged."""

from peerreview.models import ClusterReview, ReviewRound


def locked_review(review, *, by):
    """The row of ``review`` as it is now, locked until the transaction ends.

    What ``by`` is to whom is asked anew after it. Whoever locks the self-reflection too does so
    afterwards, so that no two services wait for each other.
    """
    review = (
        ClusterReview.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "round__cycle__edition",
            "group",
            "reflection__cycle__edition",
            "reflection__cluster__health_board",
        )
        .get(pk=review.pk)
    )
    by.forget_memberships()
    return review


def locked_round(review_round, *, by):
    """The row of a round as it is now, locked until the transaction ends.

    Everything about who reviews whom is changed under it, so that what people may read is derived
    once from what stands at the end. It is locked before any review of it.
    """
    review_round = (
        ReviewRound.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cycle", "health_board")
        .get(pk=review_round.pk)
    )
    by.forget_memberships()
    return review_round
