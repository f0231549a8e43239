"""Addresses of what can be taken away."""

from django import template
from django.urls import reverse

from reporting.files import PRINTS, wants_large_print

register = template.Library()


@register.simple_tag
def exhibit_file(page, exhibit, ending):
    """The address of an exhibit of ``page`` as a file, with every filter of the page."""
    return reverse(
        f"dashboard:exhibit_{ending}",
        kwargs={"scope": page.scope.code, "exhibit": exhibit.key},
        query=page.query | {"cycle": page.cycle.code},
    )


@register.simple_tag(takes_context=True)
def document_file(context, address, language, cycle, cluster, number=None):
    """The address of a cluster's document, in the print that the page was asked for."""
    where = {"cycle": cycle, "cluster": cluster, "language": language}
    asked = context["request"].GET.get("print")
    return reverse(
        address,
        kwargs=where | ({"number": number} if number else {}),
        query={"print": asked} if asked in PRINTS else None,
    )


@register.inclusion_tag("components/_document_size.html", takes_context=True)
def document_size(context):
    """In which print the documents of the page are, and the way to the other."""
    return {
        "request": context["request"],
        "is_large": wants_large_print(context["request"]),
    }
