"""Addresses of packs: asking for one, and one's own."""

from django.urls import path

from reporting.views import packs

app_name = "packs"
urlpatterns = [
    path("", packs.pack_list, name="pack_list"),
    path("<int:pack>/", packs.pack_detail, name="pack_detail"),
    path("<int:pack>/progress/", packs.pack_progress, name="pack_progress"),
    path("<int:pack>/cancel/", packs.pack_cancel, name="pack_cancel"),
    path("<int:pack>/file/", packs.pack_file, name="pack_file"),
    path("<slug:area>/<slug:cycle>/", packs.pack_ask, name="pack_ask"),
]
