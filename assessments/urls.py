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
    path("views/", views.own_views_edit, name="own_views_edit"),
    path(
        "outcomes/<slug:module>/<int:number>/view/",
        views.own_view_edit,
        name="own_view_edit",
    ),
    path(
        "outcomes/<slug:module>/<int:number>/discussion/",
        views.discussion_detail,
        name="discussion_detail",
    ),
    path("session/", views.session_detail, name="session_detail"),
    path("session/change/", views.session_change, name="session_change"),
    path("session/end/", views.session_end, name="session_end"),
    path(
        "session/<slug:module>/<int:number>/<slug:step>/",
        views.session_step,
        name="session_step",
    ),
    path("presence/", views.presence_note, name="presence_note"),
    path("evidence/", views.evidence_list, name="evidence_list"),
    path("evidence/add/", views.evidence_add, name="evidence_add"),
    path("evidence/<int:evidence>/edit/", views.evidence_edit, name="evidence_edit"),
    path(
        "evidence/<int:evidence>/remove/",
        views.evidence_remove,
        name="evidence_remove",
    ),
    path(
        "evidence/<int:evidence>/restore/",
        views.evidence_restore,
        name="evidence_restore",
    ),
    path("evidence/<int:evidence>/file/", views.evidence_file, name="evidence_file"),
    path("read/", views.draft_detail, name="draft_detail"),
    path("worksheet/", views.worksheet_detail, name="worksheet_detail"),
    path("worksheet/file/", views.worksheet_file, name="worksheet_file"),
    path("worksheet/<int:upload>/", views.worksheet_preview, name="worksheet_preview"),
    path("history/<slug:key>/", views.answer_history, name="answer_history"),
    path(
        "history/<slug:module>/<int:number>/<slug:question>/",
        views.outcome_answer_history,
        name="outcome_answer_history",
    ),
    path("changes/", views.change_list, name="change_list"),
    path("states/", views.state_list, name="state_list"),
    path("extension/", views.extension_grant, name="extension_grant"),
    path("check/", views.reflection_check, name="reflection_check"),
    path("submit/", views.reflection_submit, name="reflection_submit"),
    path("withdraw/", views.reflection_withdraw, name="reflection_withdraw"),
    path("return/", views.reflection_return, name="reflection_return"),
    path("agreement/", views.agreement_record, name="agreement_record"),
    path(
        "submissions/<int:number>/", views.submission_detail, name="submission_detail"
    ),
    path(
        "submissions/<int:number>/changes/",
        views.submission_changes,
        name="submission_changes",
    ),
]
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<slug:cycle>/<slug:cluster>/", include(reflection_urls)),
]
