"""Addresses of the framework, which everybody may read."""

from django.urls import path

from frameworks import views, views_changes, views_files, views_logic_models

app_name = "frameworks"
urlpatterns = [
    path("", views.current_edition, name="current_edition"),
    path("<slug:edition>/", views.edition_detail, name="edition_detail"),
    path(
        "<slug:edition>.<slug:notation>", views_files.edition_file, name="edition_file"
    ),
    path(
        "<slug:edition>/changes/<slug:since>/",
        views_changes.edition_changes,
        name="edition_changes",
    ),
    path("<slug:edition>/<slug:module>/", views.module_detail, name="module_detail"),
    path(
        "<slug:edition>/<slug:module>/logic-model/",
        views_logic_models.module_logic_model,
        name="module_logic_model",
    ),
    path(
        "<slug:edition>/<slug:module>/<int:number>/logic-model/",
        views_logic_models.outcome_logic_model,
        name="outcome_logic_model",
    ),
    path(
        "<slug:edition>/<slug:module>/<int:number>/",
        views.outcome_detail,
        name="outcome_detail",
    ),
]
