"""Kind error pages (being written)."""
from django.views.csrf import csrf_failure  # noqa: F401
