"""Addresses of what clusters have undertaken to do."""

from django.urls import path

from assessments.views import actions as views

app_name = "actions"
urlpatterns = [
    path("", views.action_list, name="action_list"),
    path("<int:action>/", views.action_detail, name="action_detail"),
    path("<int:action>/edit/", views.action_edit, name="action_edit"),
    path("<int:action>/status/", views.action_status, name="action_status"),
    path("<int:action>/escalate/", views.action_escalate, name="action_escalate"),
    path("<slug:cycle>/<slug:cluster>/add/", views.action_add, name="action_add"),
]
