"""Addresses of peer review: the meeting of a group, what it finds, and the agreement."""

from django.urls import path

from peerreview.views import findings, meetings

GROUP = "rounds/<slug:round>/groups/<int:group>/"
CLUSTER = "rounds/<slug:round>/clusters/<slug:cluster>/"

urlpatterns = [
    path(f"{GROUP}meeting/", meetings.meeting_detail, name="meeting_detail"),
    path(f"{GROUP}meeting/end/", meetings.meeting_end, name="meeting_end"),
    path(f"{GROUP}meeting/<int:position>/", meetings.meeting_step, name="meeting_step"),
    path(f"{CLUSTER}agreement/", findings.agreement_check, name="agreement_check"),
    path(
        f"{CLUSTER}findings/<int:finding>/history/",
        findings.finding_history,
        name="finding_history",
    ),
]
