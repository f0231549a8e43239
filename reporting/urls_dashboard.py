"""Addresses of the dashboard: the scope, then what is looked at; every filter is in the query."""

from django.urls import path

from reporting.views import (
    actions,
    area_summaries,
    commentary,
    dashboard,
    documents,
    exports,
    factors,
    goals,
    levels,
    needs,
    outcomes,
    variation,
)

app_name = "dashboard"
urlpatterns = [
    path("", dashboard.start, name="start"),
    path("<slug:scope>/", dashboard.overview, name="overview"),
    path("<slug:scope>/levels/", levels.levels, name="levels"),
    path("<slug:scope>/outcomes/", outcomes.outcomes, name="outcomes"),
    path("<slug:scope>/factors/", factors.factors, name="factors"),
    path("<slug:scope>/needs/", needs.needs, name="needs"),
    path("<slug:scope>/variation/", variation.variation, name="variation"),
    path("<slug:scope>/goals/", goals.goals, name="goals"),
    path("<slug:scope>/actions/", actions.actions, name="actions"),
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
    path(
        "<slug:scope>/exhibits/<slug:exhibit>.csv",
        exports.exhibit_csv,
        name="exhibit_csv",
    ),
    path(
        "<slug:scope>/exhibits/<slug:exhibit>.xlsx",
        exports.exhibit_xlsx,
        name="exhibit_xlsx",
    ),
    path("<slug:scope>/pdf/<slug:language>/", documents.pdf, name="pdf"),
    path(
        "<slug:scope>/summary/<str:language>.pdf",
        area_summaries.summary_pdf,
        name="summary_pdf",
    ),
    path("<slug:scope>/data/", exports.data, name="data"),
    path("<slug:scope>/data/facts.csv", exports.facts_csv, name="facts_csv"),
    path("<slug:scope>/data/dictionary/", exports.dictionary, name="dictionary"),
    path(
        "<slug:scope>/data/dictionary.csv",
        exports.dictionary_csv,
        name="dictionary_csv",
    ),
    path(
        "<slug:scope>/data/dictionary.xlsx",
        exports.dictionary_xlsx,
        name="dictionary_xlsx",
    ),
]
