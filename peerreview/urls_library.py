"""Addresses of peer review: library."""

urlpatterns = []
