"""Addresses of what can be taken away."""

from django import template
from django.urls import reverse

from reporting.files import LANGUAGES, PRINTS, wants_large_print

register = template.Library()


@register.simple_tag
def exhibit_file(page, exhibit, ending):
    """The address of an exhibit of ``page`` as a file, with every filter of the page."""
    return reverse(
        f"dashboard:exhibit_{ending}",
        kwargs={"scope": page.scope.code, "exhibit": exhibit.key},
        query=page.query | {"cycle": page.cycle.code},
    )


@register.inclusion_tag("components/_document_links.html", takes_context=True)
def document_links(context, address, label, *, name="", query="", **where):
    """A document in either language, or in both; ``name`` tells it from others on the page.

    Without a ``query`` of its own it is in the print that the page was asked for.
    """
    asked = context["request"].GET.get("print")
    query = query or (f"?print={asked}" if asked in PRINTS else "")
    urls = {
        f"{language}_url": reverse(address, kwargs={**where, "language": language})
        + query
        for language in LANGUAGES
    }
    what = f"{label}, {name}" if name else label
    return {"label": label, "what": what, **urls}


@register.inclusion_tag("components/_document_size.html", takes_context=True)
def document_size(context):
    """In which print the documents of the page are, and the way to the other."""
    return {
        "request": context["request"],
        "is_large": wants_large_print(context["request"]),
    }
