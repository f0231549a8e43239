"""Saving texts in both languages with their states, each against what its writer had seen."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from frameworks.models import LANGUAGES, SETTLED, Edition, TextState
from frameworks.text_queries import editable, find_texts, latest_changes
from frameworks.text_structure import placeholders_match
from frameworks.wording import plain_text, problem_of_wording, seen
from organisations.audit import record_changed, values
from organisations.permissions import Permission, authorise

CHOSEN = (TextState.DRAFT, TextState.CHECKED, TextState.UNOFFICIAL)


class NotEditable(Exception):
    """The edition is out of use: nothing of it is translated any more."""


@dataclass(frozen=True)
class TextEntry:
    """What somebody says of one text; a language that is left out stays as it is.

    ``seen`` holds, by language, what ``wording.seen`` gave for the text that they had before
    them; a language without one counts as seen as it is now.
    """

    texts: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Theirs:
    """The text that somebody else saved meanwhile, with who and when where it is known."""

    text: str
    by: object = None
    at: object = None


@dataclass
class Saved:
    """What became of entries, each by key and language."""

    saved: set = field(default_factory=set)
    conflicts: dict = field(default_factory=dict)  # Theirs; mine was not saved
    refused: dict = field(default_factory=dict)  # a sentence; the text was not saved
    # The text was saved as a draft, and the state that was asked for was not set: a sentence.
    not_settled: dict = field(default_factory=dict)
    # The other language changed meanwhile: saved, and stale.
    outdated: set = field(default_factory=set)

    @property
    def is_whole(self):
        return not (self.conflicts or self.refused or self.not_settled)


@transaction.atomic
def save_texts(*, edition, entries, by):
    """Save ``entries``, TextEntry by key: all that is fresh and right, and say what is not.

    A text that somebody else changed since it was seen is a conflict and stays as it is. One whose
    other language changed is saved, and stale, whatever state was asked for.
    """
    # Not its key: a part that somebody else is saving refers to the edition, and would wait for it.
    edition = Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    authorise(by, Permission.TRANSLATE, edition)
    if edition.status == Edition.Status.RETIRED:
        raise NotEditable
    found = find_texts(edition, set(entries), for_update=True)
    result, by_thing, conflicting = Saved(), {}, set()
    for key, entry in entries.items():
        text = found.get(key)
        if text is None or not isinstance(text.thing, editable(edition)):
            sentence = (
                _("This text is not in the edition.")
                if text is None
                else _("The edition is published: this text can only be corrected.")
            )
            for language in {*entry.texts, *entry.states}:
                result.refused[key, language] = sentence
            continue
        by_thing.setdefault(text.thing, []).append((text, entry))
    for thing, said in by_thing.items():
        before, columns = values(thing), set()
        for text, entry in said:
            columns |= _apply(edition, text, entry, result)
            conflicting |= {
                text
                for language in LANGUAGES
                if (text.key, language) in result.conflicts
            }
        if columns:
            thing.save(update_fields=columns)
            record_changed(thing, before, by=by)
    for key, event in latest_changes(conflicting).items():
        for language in LANGUAGES:
            if theirs := result.conflicts.get((key, language)):
                result.conflicts[key, language] = Theirs(
                    theirs.text, event.by, event.at
                )
    return result


def _apply(edition, text, entry, result):
    """Put what is fresh and right of ``entry`` on the thing; returns the columns to save."""
    now = {language: text.text(language) for language in LANGUAGES}
    was_seen = {
        language: entry.seen.get(language, seen(now[language]))
        for language in LANGUAGES
    }
    columns, touched = set(), set()
    for language in LANGUAGES:
        said = plain_text(entry.texts.get(language, now[language]))
        place = text.key, language
        if said == now[language] or seen(said) == was_seen[language]:
            continue
        if was_seen[language] != seen(now[language]):
            result.conflicts[place] = Theirs(now[language])
        elif problem := problem_of(edition, text, said):
            result.refused[place] = problem
        else:
            setattr(text.thing, f"{text.field}_{language}", said)
            columns.add(f"{text.field}_{language}")
            touched.add(language)
            result.saved.add(place)
    for language in LANGUAGES:
        _apply_state(text, entry, language, now, was_seen, result, columns)
    for language in LANGUAGES:
        (other,) = set(LANGUAGES) - {language}
        is_about_another = was_seen[other] != seen(now[other]) and other not in touched
        if (text.key, language) in result.saved and is_about_another:
            text.thing.set_text_state(text.field, language, TextState.STALE)
            columns.add("text_states")
            result.outdated.add((text.key, language))
    return columns


def _apply_state(text, entry, language, now, was_seen, result, columns):
    state = entry.states.get(language)
    place = text.key, language
    if state not in CHOSEN or place in result.conflicts or place in result.refused:
        return
    is_changed = f"{text.field}_{language}" in columns
    if not is_changed and text.state(language) == state:
        return
    if was_seen[language] != seen(now[language]):
        result.not_settled[place] = _(
            "Someone changed this text meanwhile. Look at it and choose its state again."
        )
    elif problem := problem_of_state(text, language, state):
        result.not_settled[place] = problem
    else:
        text.thing.set_text_state(text.field, language, state)
        columns.add("text_states")
        result.saved.add(place)


def problem_of(edition, text, said):
    """Why ``said`` cannot be saved as a text, or ""."""
    if not said and text.is_required and not edition.is_draft:
        return _("The edition is published: this text cannot be left empty.")
    return problem_of_wording(text, said)


def problem_of_state(text, language, state):
    """Why a text cannot have ``state``, or ""."""
    if state not in SETTLED:
        return ""
    if not text.text(language):
        return _("There is no text yet that could be checked.")
    if not placeholders_match(*(text.text(each) for each in LANGUAGES)):
        return _(
            "The placeholders differ between the languages: it stays a draft until they agree."
        )
    return ""
