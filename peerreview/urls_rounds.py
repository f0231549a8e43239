"""Addresses of peer review: rounds."""

urlpatterns = []
