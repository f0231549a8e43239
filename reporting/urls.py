"""Addresses of results: the cycle, then the health board."""

from django.urls import path

from reporting.views import results, review_records, summaries, worksheets

app_name = "reporting"
urlpatterns = [
    path("", results.results, name="results"),
    path(
        "summaries/<slug:cycle>/<slug:cluster>/<int:number>/<str:language>.pdf",
        summaries.summary_pdf,
        name="summary_pdf",
    ),
    path(
        "reports/<slug:cycle>/<slug:cluster>/<int:number>/<str:language>.pdf",
        summaries.report_pdf,
        name="report_pdf",
    ),
    path(
        "drafts/<slug:cycle>/<slug:cluster>/<str:language>.pdf",
        summaries.draft_pdf,
        name="draft_pdf",
    ),
    path(
        "reviews/<slug:round>/clusters/<slug:cluster>/<str:language>.pdf",
        review_records.review_record_pdf,
        name="review_record_pdf",
    ),
    path(
        "reviews/<slug:round>/groups/<int:group>/<str:language>.pdf",
        review_records.group_record_pdf,
        name="group_record_pdf",
    ),
    path(
        "worksheets/<slug:cycle>/<str:language>.pdf",
        worksheets.worksheet_pdf,
        name="worksheet_pdf",
    ),
    path("<slug:cycle>/", results.national, name="national"),
    path("<slug:cycle>/<slug:board>/", results.board, name="board"),
]
