"""Addresses of the library of good practice; sharing begins at an annotation (urls_replies)."""

from django.urls import path

from peerreview.views import practice

urlpatterns = [
    path("", practice.library_list, name="library_list"),
    path("<int:practice>/", practice.practice_detail, name="practice_detail"),
    path("<int:practice>/edit/", practice.practice_edit, name="practice_edit"),
    path(
        "<int:practice>/withdraw/",
        practice.practice_withdraw,
        name="practice_withdraw",
    ),
    path("<int:practice>/contact/", practice.contact_ask, name="contact_ask"),
]
