"""What every kind of file holds: a line for each text, in the order of the framework."""

import re
from dataclasses import dataclass

from django.utils.translation import override

from frameworks.errata import read_over
from frameworks.models import LANGUAGES
from frameworks.text_places import place_of, section_name
from frameworks.text_queries import editable
from frameworks.texts import FrameworkText, sections_of
from frameworks.wording import seen

FORMAT = "texts-1"
SEEN = re.compile(r"seen: ([0-9a-f]{16})-([0-9a-f]{16})")


@dataclass(frozen=True)
class Line:
    """A text with where it stands, in both languages."""

    text: FrameworkText
    is_frozen: bool
    where: dict  # by language

    @property
    def key(self):
        return self.text.key

    @property
    def seen(self):
        """Marks of both texts as they are in the file, to know later what was changed since."""
        return "-".join(seen(self.text.text(language)) for language in LANGUAGES)


def lines_of(edition, *, only_left=()):
    """The texts of ``edition`` that readers see; ``only_left`` names languages with work to do.

    Of a published edition all texts as they are read now, corrections included, where everything
    is asked for, else those that stay editable.
    """
    models = editable(edition)
    sections = sections_of(edition)
    read_over(
        edition,
        {
            text.thing
            for section in sections
            for text in section.texts
            if not isinstance(text.thing, models)
        },
    )
    return [
        Line(text, is_frozen, _where(text, section))
        for section in sections
        for text in section.texts
        for is_frozen in (not isinstance(text.thing, models),)
        if _is_wanted(text, is_frozen, only_left)
    ]


def _is_wanted(text, is_frozen, only_left):
    if only_left:
        return not is_frozen and any(text.is_left(language) for language in only_left)
    return any(text.state(language) is not None for language in LANGUAGES)


def _where(text, section):
    """Where a text stands and what it is, as a translator reads it in each language."""
    where = {}
    for language in LANGUAGES:
        with override(language):
            steps = [section_name(section), place_of(text, section), str(text.label)]
            where[language] = " · ".join(step for step in steps if step)
    return where
