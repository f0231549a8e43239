"""Addresses of self-reflections: the cycle, the cluster, then what one is on."""

from django.urls import include, path

from assessments import views

app_name = "assessments"

reflection_urls = [
    path("", views.reflection_detail, name="reflection_detail"),
    path("context/", views.context_edit, name="context_edit"),
    path(
        "outcomes/<slug:module>/<int:number>/", views.outcome_edit, name="outcome_edit"
    ),
    path("enablers/", views.enablers_edit, name="enablers_edit"),
    path("support/", views.closing_edit, name="closing_edit"),
    path("read/", views.draft_detail, name="draft_detail"),
    path("check/", views.reflection_check, name="reflection_check"),
    path("submit/", views.reflection_submit, name="reflection_submit"),
    path("withdraw/", views.reflection_withdraw, name="reflection_withdraw"),
    path("return/", views.reflection_return, name="reflection_return"),
    path("agreement/", views.agreement_record, name="agreement_record"),
    path(
        "submissions/<int:number>/", views.submission_detail, name="submission_detail"
    ),
]
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<slug:cycle>/<slug:cluster>/", include(reflection_urls)),
]
