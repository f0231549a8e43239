"""Addresses of peer review: the round, then the group or the cluster, then what one is on."""

from django.urls import include, path

app_name = "peerreview"

urlpatterns = [
    path("", include("peerreview.urls_rounds")),
    path("", include("peerreview.urls_reviews")),
    path("", include("peerreview.urls_meetings")),
    path("", include("peerreview.urls_replies")),
    path("library/", include("peerreview.urls_library")),
]
