"""Addresses of frameworks."""

app_name = "frameworks"
urlpatterns = []
