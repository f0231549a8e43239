"""The only list of prefixes; what a person sees stands under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from cdf_site import home

urlpatterns = [
    path("", home.choose_language, name="choose_language"),
    *i18n_patterns(
        path("", home.home, name="home"),
        path("pages/<slug:page>/", home.page, name="page"),
        path("", include("organisations.urls")),
        path("framework/", include("frameworks.urls")),
        path("self-reflections/", include("assessments.urls")),
        path("results/", include("reporting.urls")),
        path("admin/", admin.site.urls),
    ),
]
