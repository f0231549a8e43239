"""Addresses of peer review: meetings."""

urlpatterns = []
