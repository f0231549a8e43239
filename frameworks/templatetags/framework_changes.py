"""What the differences between two editions are called in the admin."""

from dataclasses import dataclass

from django import template
from django.utils.text import capfirst
from django.utils.translation import get_language

from frameworks.models import LANGUAGES
from frameworks.texts import NOT_FOR_READERS

register = template.Library()


@dataclass(frozen=True)
class ShownText:
    """A text of something that came or went as a whole."""

    language: str
    text: str


def _path(place):
    """A place as the admin's lists show it: PCMW › 6 › 2.1."""
    steps = [place.module, place.outcome]
    if place.number:
        level = "" if place.module is None else f"{place.level or '–'}."
        steps.append(f"{level}{place.number}")
    return " › ".join(str(step) for step in steps if step is not None)


@register.filter
def kind_and_place(pair):
    """Which thing a pair is, with its title where it has one."""
    title = (pair.data.get("title") or {}).get(get_language(), "")
    name = f"{capfirst(pair.model._meta.verbose_name)}: {_path(pair.place)}"
    return f"{name} {title}" if title else name


@register.filter
def place_before(pair):
    return _path(pair.place_before)


@register.filter
def texts_of_pair(pair):
    """All texts for readers of what was added or removed, its parts' not among them."""
    return [
        ShownText(language, text[language])
        for name in pair.model.text_fields()
        if name not in NOT_FOR_READERS and (text := pair.data.get(name))
        for language in LANGUAGES
    ]
