"""Addresses of peer review: reviews."""

urlpatterns = []
