"""Addresses of the key indicators, and of entering and uploading their figures."""

from django.urls import path

from assessments.views import figure_uploads, indicators

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
    path("figures/", figure_uploads.figures_boards, name="figures_boards"),
    path("figures/<slug:board>/", figure_uploads.figures_upload, name="figures_upload"),
    path(
        "figures/<slug:board>/template/<slug:kind>.<slug:ending>",
        figure_uploads.figures_template,
        name="figures_template",
    ),
    path(
        "figures/<slug:board>/<int:upload>/",
        figure_uploads.figure_upload_detail,
        name="figure_upload_detail",
    ),
    path(
        "figures/<slug:board>/<int:upload>/apply/",
        figure_uploads.figure_upload_apply,
        name="figure_upload_apply",
    ),
    path(
        "figures/<slug:board>/<int:upload>/undo/",
        figure_uploads.figure_upload_undo,
        name="figure_upload_undo",
    ),
]
