"""Addresses of peer review: reading a cluster's submission, and annotations."""

from django.urls import path

from peerreview.views.annotations import annotation_history
from peerreview.views.reviews import review_detail, review_outcome

CLUSTER = "rounds/<slug:round>/clusters/<slug:cluster>/"

urlpatterns = [
    path(CLUSTER, review_detail, name="review_detail"),
    path(
        f"{CLUSTER}<slug:module>/<int:number>/",
        review_outcome,
        name="review_outcome",
    ),
    path(
        f"{CLUSTER}annotations/<uuid:annotation>/history/",
        annotation_history,
        name="annotation_history",
    ),
]
