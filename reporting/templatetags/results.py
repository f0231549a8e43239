"""Parts of large tables."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.translation import get_language

register = template.Library()


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
    if not url:
        return format_html_join("", "<td>{}</td>", ((inside,) for inside in drawn))
    return format_html_join(
        "",
        '<td><a class="matrix__cell" href="{}{}">{}</a></td>',
        ((url, anchor, inside) for anchor, inside in zip(anchors, drawn, strict=True)),
    )


@lru_cache(maxsize=10_000)
def _drawn(template_name, language, parameters):
    return render_to_string(template_name, dict(parameters))
