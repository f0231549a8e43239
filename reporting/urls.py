"""Addresses of results: the cycle, then the health board."""

from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("", views.results, name="results"),
    path("<slug:cycle>/", views.national, name="national"),
    path("<slug:cycle>/<slug:board>/", views.board, name="board"),
]
