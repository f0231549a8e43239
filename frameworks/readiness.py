"""What an edition still needs before it can be published: the one rule, for the page and for
publishing."""

import re
from dataclasses import dataclass

from frameworks.exchange import export, faults
from frameworks.models import LANGUAGES, Edition, TextState, Translated
from frameworks.texts import FrameworkText, sections_of

_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")
# A list in the file, as the relation that holds its things, in the order of the file.
_LISTS = {
    "modules": "modules",
    "outcomes": "outcomes",
    "criteria": "criteria",
    "principles": "transformationprinciples",
    "enabling_factors": "enablingfactors",
    "wellbeing_goals": "wellbeinggoals",
    "quadruple_aims": "quadrupleaims",
    "indicators": "indicators",
    "logic_model": "logic_model_entries",
}


@dataclass(frozen=True)
class TextLeft:
    """A text that is missing, or that nobody has checked, in one language."""

    text: FrameworkText
    language: str
    state: TextState


@dataclass(frozen=True)
class SectionLeft:
    """What is left in the texts of the edition as a whole, of a module, or of an outcome."""

    section: object
    texts: list[TextLeft]


@dataclass(frozen=True)
class StructureLeft:
    """Something about the structure that is not as it must be, at ``thing`` or inside it."""

    thing: Translated
    reason: str


@dataclass(frozen=True)
class Readiness:
    """What is left to do before ``edition`` can be published."""

    edition: Edition
    sections: list[SectionLeft]
    structure: list[StructureLeft]

    @property
    def is_ready(self):
        return not (self.sections or self.structure)

    @property
    def texts(self):
        return [left for section in self.sections for left in section.texts]

    @property
    def count(self):
        return len(self.texts) + len(self.structure)

    def unchecked(self, language):
        """The texts in ``language`` that are there, and that nobody has checked."""
        return [
            left
            for left in self.texts
            if left.language == language and left.state != TextState.MISSING
        ]


def readiness(edition):
    """Read all of ``edition`` and say what is left; a bounded number of queries."""
    sections = [
        SectionLeft(section, left)
        for section in sections_of(edition)
        if (left := _left_in(section))
    ]
    missing = {
        (left.text.thing, left.text.field, left.language)
        for section in sections
        for left in section.texts
    }
    return Readiness(edition, sections, list(_structure(edition, missing)))


def _left_in(section):
    return [
        TextLeft(text, language, text.state(language))
        for text in section.texts
        for language in LANGUAGES
        if text.is_left(language)
    ]


def _structure(edition, missing):
    """What a file with this content would be refused for, beside its missing texts."""
    for place, reason in faults(export(edition)):
        thing, rest = _at(edition, place)
        if (thing, *rest) not in missing:
            yield StructureLeft(thing, reason)


def _at(edition, place):
    """The thing that a place in the edition's file is about, and the steps inside it."""
    thing, steps = edition, _STEP.findall(place)
    while steps and steps[0][0] in _LISTS and steps[0][1]:
        name, number = steps.pop(0)
        thing = list(getattr(thing, _LISTS[name]).all())[int(number) - 1]
    return thing, [name for name, _number in steps]
