"""Addresses of the dashboard: the scope, then what is looked at; every filter is in the query."""

from django.urls import path

from reporting.views import dashboard

app_name = "dashboard"
urlpatterns = [
    path("", dashboard.start, name="start"),
    path("<slug:scope>/", dashboard.overview, name="overview"),
]
