"""Addresses of a draft's preview: the names of the public pages, so that their links lead here."""

from django.urls import path

from frameworks import views_preview
from frameworks.urls import urlpatterns as public

app_name = "frameworks"
urlpatterns = [
    path("<slug:edition>/", views_preview.edition_detail, name="edition_detail"),
    path(
        "<slug:edition>/<slug:module>/",
        views_preview.module_detail,
        name="module_detail",
    ),
    path(
        "<slug:edition>/<slug:module>/logic-model/",
        views_preview.module_logic_model,
        name="module_logic_model",
    ),
    path(
        "<slug:edition>/<slug:module>/<int:number>/logic-model/",
        views_preview.outcome_logic_model,
        name="outcome_logic_model",
    ),
    path(
        "<slug:edition>/<slug:module>/<int:number>/",
        views_preview.outcome_detail,
        name="outcome_detail",
    ),
]
_own = {pattern.name for pattern in urlpatterns}
# What has no preview of its own is found under its name all the same, and leads there.
urlpatterns += [
    path(str(pattern.pattern), views_preview.public_page, name=pattern.name)
    for pattern in public
    if pattern.name not in _own
]
