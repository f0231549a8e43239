"""Corrections of wording in templates."""

from django import template

from frameworks import errata

register = template.Library()


@register.simple_tag
def corrections_of(thing, *fields):
    """The corrections of these texts of what was read over, in the page's language, the newest first."""
    return errata.corrections_of(thing, *fields)
