"""The record of a review on one page: of a cluster, and of a group."""

from django.shortcuts import render

from organisations.permissions import Permission, holds
from peerreview.models import ClusterReview, ReviewGroup
from peerreview.rules import works_in_the_reviewed_cluster
from peerreview.selectors.records import load_records, people_of
from peerreview.views.loading import visible_group, visible_review


def cluster_record(request, round, cluster):  # noqa: A002
    """Levels, findings, questions, good practice, replies and actions of one cluster's review."""
    review = visible_review(request, round, cluster)
    (record,) = load_records([review], reader=request.user)
    return render(
        request,
        "peerreview/record_cluster.html",
        {
            "review": review,
            "record": record,
            "knows_the_group": ReviewGroup.objects.visible_to(request.user)
            .filter(pk=review.group_id)
            .exists(),
            "is_of_the_cluster": works_in_the_reviewed_cluster(request.user, review),
            "may_share": holds(request.user, Permission.SHARE_PRACTICE, review),
        },
    )


def group_record(request, round, group):  # noqa: A002
    """The records of a group's clusters, as far as the reader may see them."""
    group = visible_group(request, round, group)
    reviews = reviews_of(request, group)
    records = load_records(reviews, reader=request.user)
    return render(
        request,
        "peerreview/record_group.html",
        {
            "group": group,
            "records": records,
            "people": people_of(records),
            "not_shown": group.reviews.count() - len(reviews),
        },
    )


def reviews_of(request, group):
    """The reviews of a group that the reader may know of, in the alphabet of the page."""
    language = "cy" if request.LANGUAGE_CODE == "cy" else "en"
    reviews = list(
        ClusterReview.objects.visible_to(request.user)
        .filter(group=group)
        .select_related("reflection__cycle", "reflection__cluster__health_board")
        .order_by(f"reflection__cluster__sort_{language}", "pk")
    )
    for review in reviews:
        review.round, review.group = group.round, group
    return reviews
