"""Addresses of the framework, which everybody may read."""

from django.urls import path

from frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("", views.current_edition, name="current_edition"),
    path("<slug:edition>/", views.edition_detail, name="edition_detail"),
    path("<slug:edition>/<slug:module>/", views.module_detail, name="module_detail"),
    path(
        "<slug:edition>/<slug:module>/<int:number>/",
        views.outcome_detail,
        name="outcome_detail",
    ),
]
