"""Where the form of a draft edition is looked at before it is published."""

from django.urls import path

from assessments.views import previews

urlpatterns = [
    path(
        "<slug:edition>/<slug:module>/<int:number>/",
        previews.form_preview,
        name="form_preview",
    ),
]
