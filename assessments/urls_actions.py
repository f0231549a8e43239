"""Addresses of what clusters have undertaken to do."""

app_name = "actions"

urlpatterns = []
