"""Addresses of the key indicators and of entering their figures."""

from django.urls import path

from assessments.views import indicators

app_name = "indicators"
urlpatterns = [
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path(
        "indicators/<slug:edition>/<slug:indicator>/",
        indicators.indicator_detail,
        name="indicator_detail",
    ),
    path(
        "indicators/<slug:edition>/<slug:indicator>/figures/",
        indicators.figures_choose,
        name="figures_choose",
    ),
    path(
        "indicators/<slug:edition>/<slug:indicator>/figures/<slug:board>/<slug:period>/",
        indicators.figures_edit,
        name="figures_edit",
    ),
]
