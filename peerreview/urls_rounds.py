"""Addresses of peer review: rounds, their clusters and groups, and who is in them."""

from django.urls import include, path

from peerreview.views import assignments, groups, rounds, suggestions

cluster_urls = [
    path("withdraw/", rounds.review_withdraw, name="review_withdraw"),
    path("take-back/", rounds.review_take_back, name="review_take_back"),
    path("move/", groups.review_move, name="review_move"),
    path("interest/", assignments.interest_declare, name="interest_declare"),
    path(
        "interest/<int:person>/take-back/",
        assignments.interest_take_back,
        name="interest_take_back",
    ),
]
group_urls = [
    path("", groups.group_detail, name="group_detail"),
    path("edit/", groups.group_edit, name="group_edit"),
    path("remove/", groups.group_remove, name="group_remove"),
    path("decline/", assignments.assignment_decline, name="assignment_decline"),
    path("people/add/", groups.assignment_add, name="assignment_add"),
    path(
        "people/<int:assignment>/replace/",
        groups.assignment_replace,
        name="assignment_replace",
    ),
    path(
        "people/<int:assignment>/remove/",
        groups.assignment_remove,
        name="assignment_remove",
    ),
]
round_urls = [
    path("", rounds.round_detail, name="round_detail"),
    path("edit/", rounds.round_edit, name="round_edit"),
    path("clusters/", rounds.round_clusters, name="round_clusters"),
    path("announce/", rounds.round_announce, name="round_announce"),
    path("suggest/", suggestions.groups_suggest, name="groups_suggest"),
    path("suggest/use/", suggestions.groups_use, name="groups_use"),
    path("groups/add/", groups.group_add, name="group_add"),
    path("groups/<int:group>/", include(group_urls)),
    path("clusters/<slug:cluster>/", include(cluster_urls)),
]
urlpatterns = [
    path("", rounds.round_list, name="round_list"),
    path("rounds/add/", rounds.round_add, name="round_add"),
    path("rounds/<slug:round>/", include(round_urls)),
]
