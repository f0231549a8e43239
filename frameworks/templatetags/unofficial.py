"""Which of the texts that a page shows are published knowingly unofficial."""

from django import template

from frameworks.unofficial import unofficial_languages

register = template.Library()


@register.simple_tag
def shown_together(*shown):
    """What a page shows of an edition, for its notes: things, and lists of them."""
    return list(shown)


@register.simple_tag
def languages_unofficial_in(*shown):
    """The languages in which something ``shown``, things or lists of them, is not official."""
    return unofficial_languages(shown)
