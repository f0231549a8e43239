"""The only list of prefixes; what a person sees stands under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from cdf_site import home

urlpatterns = [
    path("", home.choose_language, name="choose_language"),
    path("api/v1/", include("reporting.urls_api")),
    *i18n_patterns(
        path("", home.home, name="home"),
        *(
            path(f"{name}/", home.page, {"name": name}, name=name)
            for name in home.PAGES
        ),
        path("", include("organisations.urls")),
        path("", include("notifications.urls")),
        path("", include("assessments.urls_people")),
        path("", include("assessments.urls_cycles")),
        path("", include("assessments.urls_indicators")),
        path("framework/", include("frameworks.urls")),
        path(
            "framework-preview/",
            include("frameworks.urls_preview", namespace="framework_preview"),
        ),
        path("form-preview/", include("assessments.urls_preview")),
        path("translation/", include("frameworks.urls_translation")),
        path("self-reflections/", include("assessments.urls")),
        path("actions/", include("assessments.urls_actions")),
        path("peer-review/", include("peerreview.urls")),
        path("results/", include("reporting.urls")),
        path("dashboard/", include("reporting.urls_dashboard")),
        path("learned/", include("reporting.urls_learned")),
        path("packs/", include("reporting.urls_packs")),
        path("", include("reporting.urls_tokens")),
        path("admin/", admin.site.urls),
    ),
]

handler400 = "cdf_site.errors.bad_request"
handler403 = "cdf_site.errors.permission_denied"
handler404 = "cdf_site.errors.page_not_found"
handler500 = "cdf_site.errors.server_error"
