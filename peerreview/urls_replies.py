"""Addresses of peer review: the cluster's replies, the record of a review, and sharing good practice."""

from django.urls import path

from peerreview.views import practice, records, replies

CLUSTER = "rounds/<slug:round>/clusters/<slug:cluster>/"

urlpatterns = [
    path(f"{CLUSTER}replies/", replies.replies_edit, name="replies_edit"),
    path(f"{CLUSTER}replies/send/", replies.replies_send, name="replies_send"),
    path(f"{CLUSTER}replies/history/", replies.replies_history, name="replies_history"),
    path(f"{CLUSTER}record/", records.cluster_record, name="cluster_record"),
    path(
        f"{CLUSTER}annotations/<uuid:annotation>/practice/",
        practice.practice_add,
        name="practice_add",
    ),
    path(
        "rounds/<slug:round>/groups/<int:group>/record/",
        records.group_record,
        name="group_record",
    ),
]
