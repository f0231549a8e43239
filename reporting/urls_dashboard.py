"""Addresses of the dashboard: the scope, then what is looked at; every filter is in the query."""

from django.urls import path

from reporting.views import commentary, dashboard, levels

app_name = "dashboard"
urlpatterns = [
    path("", dashboard.start, name="start"),
    path("<slug:scope>/", dashboard.overview, name="overview"),
    path("<slug:scope>/levels/", levels.levels, name="levels"),
    path(
        "<slug:scope>/commentary/<slug:exhibit>/",
        commentary.commentary_edit,
        name="commentary",
    ),
    path(
        "<slug:scope>/commentary/<slug:exhibit>/history/",
        commentary.commentary_history,
        name="commentary_history",
    ),
]
