"""Addresses of what can be taken away."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def exhibit_file(page, exhibit, ending):
    """The address of an exhibit of ``page`` as a file, with every filter of the page."""
    return reverse(
        f"dashboard:exhibit_{ending}",
        kwargs={"scope": page.scope.code, "exhibit": exhibit.key},
        query=page.query | {"cycle": page.cycle.code},
    )
