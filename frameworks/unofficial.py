"""Texts that were knowingly published without a check: the pages that show them say so."""

from frameworks.models import LANGUAGES, TextState, Translated
from frameworks.texts import NOT_FOR_READERS


def unofficial_languages(things):
    """The languages in which a text of ``things``, also in lists, is marked as unofficial."""
    flat = list(_flat(things))
    return [
        language
        for language in LANGUAGES
        if any(
            states.get(language) == TextState.UNOFFICIAL
            for thing in flat
            for field, states in thing.text_states.items()
            if field not in NOT_FOR_READERS
        )
    ]


def _flat(things):
    for thing in things:
        if isinstance(thing, Translated):
            yield thing
        elif hasattr(thing, "criteria") and isinstance(thing.criteria, list):
            yield from thing.criteria
        elif isinstance(thing, list | tuple):
            yield from _flat(thing)
