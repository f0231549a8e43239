"""What a file that was read would change, against the texts as they are now."""

import hashlib
import re
from dataclasses import dataclass, field

from cdf_site.common.word_diff import word_diff
from frameworks.errata import read_over
from frameworks.models import LANGUAGES, TextState
from frameworks.text_places import place_of, section_name
from frameworks.text_queries import editable
from frameworks.text_structure import differences
from frameworks.texts import FrameworkText, sections_of
from frameworks.wording import seen

MARKUP = re.compile(r"<\s*/?\s*[A-Za-z][^<>]*>")


@dataclass(frozen=True)
class Change:
    """One text in one language that the file says otherwise."""

    text: FrameworkText
    language: str
    where: str
    before: str
    after: str
    seen: dict
    is_conflict: bool  # somebody changed it since the file went out
    is_outdated: bool  # the other language was changed since
    is_frozen: bool  # of a published edition: it can only be corrected
    is_sure: bool  # the file does not say that it needs work
    warnings: list

    @property
    def name(self):
        return f"{self.text.key}-{self.language}"

    @property
    def difference(self):
        return word_diff(self.before, self.after)


@dataclass
class Comparison:
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    frozen: list[Change] = field(default_factory=list)
    # Texts that needed an update and of which the file says that they fit as they are.
    fitting: list[Change] = field(default_factory=list)
    same_count: int = 0

    @property
    def fingerprint(self):
        """A mark of all that is shown: what was not on the page is not confirmed by it."""
        shown = "\0".join(
            f"{change.name}\0{seen(change.before)}\0{seen(change.after)}\0{change.is_outdated}"
            for change in (
                *self.changes,
                *self.conflicts,
                *self.frozen,
                *self.fitting,
            )
        )
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def compare(rows, edition):
    """Compare what was read with ``edition``, in the order of the framework.

    A bounded number of queries. What the file says as it did when it went out changes nothing,
    whatever was written since.
    """
    said = {row.key: row for row in rows}
    models = editable(edition)
    sections = sections_of(edition)
    frozen = {
        text.thing
        for section in sections
        for text in section.texts
        if not isinstance(text.thing, models)
    }
    read_over(edition, frozen)
    comparison = Comparison()
    for section in sections:
        for text in section.texts:
            if row := said.get(text.key):
                _compare_row(comparison, row, text, section, text.thing in frozen)
    return comparison


def _compare_row(comparison, row, text, section, is_frozen):
    now = {language: text.text(language) for language in LANGUAGES}
    marks = {
        language: row.seen.get(language, seen(now[language])) for language in LANGUAGES
    }
    # What the file says as it did when it went out is no change of it.
    changed = {
        language: wording
        for language, wording in row.texts.items()
        if wording != now[language] and seen(wording) != marks[language]
    }
    after = now | changed
    for language, wording in row.texts.items():
        (other,) = set(LANGUAGES) - {language}
        is_same = language not in changed
        is_sure = language not in row.unsure
        other_was_changed = marks[other] != seen(now[other]) and other not in changed
        change = Change(
            text=text,
            language=language,
            where=" · ".join(
                step
                for step in (section_name(section), place_of(text, section))
                if step
            ),
            before=now[language],
            after=wording,
            seen=marks,
            is_conflict=marks[language] != seen(now[language]),
            is_outdated=other_was_changed,
            is_frozen=is_frozen,
            is_sure=is_sure,
            warnings=[
                *differences(*(after[each] for each in LANGUAGES)),
                *(["html"] if MARKUP.search(wording) else []),
            ],
        )
        if is_same:
            fits = (
                language in row.fits
                and text.state(language) == TextState.STALE
                and not other_was_changed
                and not is_frozen
                and wording == now[language]
            )
            if fits:
                comparison.fitting.append(change)
            else:
                comparison.same_count += 1
        elif is_frozen:
            comparison.frozen.append(change)
        elif change.is_conflict:
            comparison.conflicts.append(change)
        else:
            comparison.changes.append(change)
