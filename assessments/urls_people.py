"""Addresses of a cluster's people, and of invitations to work in one."""

from django.urls import include, path

from assessments.views import invitations, people

app_name = "people"

cluster_urls = [
    path("", people.people_list, name="people_list"),
    path("invite/", people.person_invite, name="person_invite"),
    path("invite-lead/", people.lead_invite, name="lead_invite"),
    path(
        "invitations/<int:invitation>/send/",
        people.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "invitations/<int:invitation>/revoke/",
        people.invitation_revoke,
        name="invitation_revoke",
    ),
    path("deputy/", people.deputy_nominate, name="deputy_nominate"),
    path("hand-over/", people.hand_over, name="hand_over"),
    path("leave/", people.cluster_leave, name="cluster_leave"),
    path("<int:person>/end-deputy/", people.deputy_end, name="deputy_end"),
    path("<int:person>/remove/", people.person_remove, name="person_remove"),
    path("<int:person>/restore/", people.person_restore, name="person_restore"),
    path("actions/<int:action>/", people.action_give, name="action_give"),
]
urlpatterns = [
    path("clusters/<slug:cluster>/people/", include(cluster_urls)),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]
