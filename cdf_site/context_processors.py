"""What every page's frame shows."""

from django.conf import settings


def interface(request):
    return {"demonstration": settings.DEMONSTRATION}
