"""Addresses of peer review: replies."""

urlpatterns = []
