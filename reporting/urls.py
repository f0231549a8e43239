"""Addresses of results: the cycle, then the health board."""

from django.urls import path

from reporting import summaries, views

app_name = "reporting"
urlpatterns = [
    path("", views.results, name="results"),
    path(
        "summaries/<slug:cycle>/<slug:cluster>/<int:number>/<str:language>.pdf",
        summaries.summary_pdf,
        name="summary_pdf",
    ),
    path("<slug:cycle>/", views.national, name="national"),
    path("<slug:cycle>/<slug:board>/", views.board, name="board"),
]
