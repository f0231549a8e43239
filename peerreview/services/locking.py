"""The lock that everything written in the review of one cluster shares."""

from peerreview.models import ClusterReview


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
