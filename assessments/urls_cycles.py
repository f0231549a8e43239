"""Addresses of the cycles themselves: planning, opening, extending and closing them."""

from django.urls import include, path

from assessments.views import cycles

app_name = "cycles"

cycle_urls = [
    path("", cycles.cycle_detail, name="cycle_detail"),
    path("edit/", cycles.cycle_edit, name="cycle_edit"),
    path("open/", cycles.cycle_open, name="cycle_open"),
    path("extend/", cycles.cycle_extend, name="cycle_extend"),
    path("close/", cycles.cycle_close, name="cycle_close"),
]
urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycle_list"),
    path("cycles/add/", cycles.cycle_add, name="cycle_add"),
    path("cycles/<slug:cycle>/", include(cycle_urls)),
]
