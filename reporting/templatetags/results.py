"""Parts of large tables."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

OPENED, CLOSED = SafeString("<td>"), SafeString("</td>")
LED, LEFT = SafeString('">'), SafeString("</a>")  # of a link, whose address is before


@register.simple_tag
def part(template_name, **parameters):
    """Include a template that depends on its parameters and the language alone.

    It is drawn once and remembered: a table of 60 clusters has 1,200 cells, most of them alike,
    and drawing each by itself takes most of a second. Parameters are hashable, and small.
    """
    return _drawn(template_name, get_language(), tuple(parameters.items()))


@register.simple_tag
def parts(template_name, name, values):
    """As ``part``, once for each of ``values``, which the template knows as ``name``."""
    language = get_language()
    return format_html_join(
        "",
        "{}",
        ((_drawn(template_name, language, ((name, value),)),) for value in values),
    )


@register.simple_tag
def cells(template_name, values, url, anchors):
    """A table's cells, each a ``part`` drawn of one of ``values``, which it knows as ``cell``.

    With ``url`` each leads to its place there, at one of ``anchors``.
    """
    language = get_language()
    drawn = [_drawn(template_name, language, (("cell", value),)) for value in values]
    # Put together from safe pieces: escaping each piece of 780 cells anew takes longer than the rest.
    row = SafeString()
    if not url:
        for inside in drawn:
            row += OPENED + inside + CLOSED
        return row
    link = format_html('<a class="matrix__cell" href="{}', url)
    for anchor, inside in zip(anchors, drawn, strict=True):
        row += OPENED + link + conditional_escape(anchor) + LED + inside + LEFT + CLOSED
    return row


@lru_cache(maxsize=10_000)
def _drawn(template_name, language, parameters):
    return render_to_string(template_name, dict(parameters))
