"""Parts of large tables."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.translation import get_language

register = template.Library()

CELL = "<td>{}</td>"
LINKED_CELL = '<td><a class="matrix__cell" href="{}{}">{}</a></td>'


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
    # Formatted a row at a time: cell by cell, 780 of them take longer than all the rest.
    if not url:
        return format_html(CELL * len(drawn), *drawn)
    link = conditional_escape(url)
    linked = zip(anchors, drawn, strict=True)
    return format_html(
        LINKED_CELL * len(drawn),
        *(piece for anchor, inside in linked for piece in (link, anchor, inside)),
    )


@lru_cache(maxsize=10_000)
def _drawn(template_name, language, parameters):
    return render_to_string(template_name, dict(parameters))
