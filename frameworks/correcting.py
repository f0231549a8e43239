"""Correcting the wording of a published edition, whose frozen text stays as it is.

A correction is a set of errata with one reason and one date. What was submitted keeps its words;
drafts show the new ones from now on, and keep their answers.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cdf_site.common.encoding import spoiled_part
from frameworks.errata import read_over
from frameworks.models import (
    LANGUAGES,
    SETTLED,
    Correction,
    Edition,
    Erratum,
    TextState,
)
from frameworks.texts import FrameworkText, sections_of
from frameworks.wording import plain_text, problem_of_wording, seen
from organisations.audit import record_added, record_changed, values
from organisations.permissions import Permission, authorise


class NotPublished(Exception):
    """A draft is edited, not corrected."""


@dataclass(frozen=True)
class Problem:
    """Why a correction is refused; ``key`` and ``language`` say of which text, or are empty."""

    key: str
    language: str
    reason: str


class CorrectionRefused(Exception):
    """The correction cannot be made; nothing was changed."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(problem.reason for problem in problems))


class CorrectedMeanwhile(Exception):
    """Somebody else corrected the same texts; ``readings`` are theirs, by key and language."""

    def __init__(self, readings):
        self.readings = readings
        super().__init__(str(sorted(readings)))


def frozen_sections(edition):
    """The sections of ``edition`` with the texts that are corrected, as they are read now.

    A bounded number of queries. What stays open after publishing is edited, and is not among them.
    """
    sections = sections_of(edition)
    for section in sections:
        section.texts[:] = [text for text in section.texts if not text.is_open]
    read_over(edition, {text.thing for section in sections for text in section.texts})
    return sections


def frozen_texts(edition):
    """The same, as one dictionary by key."""
    return {
        text.key: text for section in frozen_sections(edition) for text in section.texts
    }


@transaction.atomic
def correct(
    *,
    edition,
    reason_cy,
    reason_en,
    dated_on,
    texts,
    makes_official=False,
    seen_texts=None,
    by,
):
    """Correct the wording of ``texts``: by key (``FrameworkText.key``) and language, the new ones.

    ``seen_texts`` holds, by key and language, what ``seen`` gave for the wording that the writer
    had before them. Raises NotPublished for a draft, CorrectionRefused with every problem,
    CorrectedMeanwhile where another correction came first. Returns the Correction.
    """
    # Locked, so that what is replaced is what is read now, and corrections follow each other.
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    authorise(by, Permission.ADMINISTER, edition)
    if edition.is_draft:
        raise NotPublished
    before = values(edition)
    frozen = frozen_texts(edition)
    _refuse_what_changed(frozen, texts, seen_texts or {})
    changes, problems = _changes(frozen, texts)
    reasons = {"cy": (reason_cy or "").strip(), "en": (reason_en or "").strip()}
    problems = [
        *_problems_of_reasons(reasons),
        *_problems_of_date(edition, dated_on),
        *problems,
    ]
    if problems:
        raise CorrectionRefused(problems)

    correction = Correction.objects.create(
        edition=edition,
        reason_cy=reasons["cy"],
        reason_en=reasons["en"],
        dated_on=dated_on,
        makes_official=makes_official,
        made_by=by,
    )
    Erratum.objects.bulk_create(
        Erratum(
            correction=correction,
            part=change.text.thing._meta.model_name,
            part_id=change.text.thing.pk,
            field=change.text.field,
            language=change.language,
            replaced=change.text.text(change.language),
            text=change.wording,
        )
        for change in changes
    )
    _settle_states(edition, changes, makes_official)
    unofficial_language = edition.unofficial_language
    if unofficial_language and _is_official_now(unofficial_language, frozen):
        unofficial_language = ""
    # Not ``save``: in memory the edition may hold corrected words, which belong to no row.
    rows = Edition.objects.filter(pk=edition.pk)
    rows.update(corrected_on=dated_on, unofficial_language=unofficial_language)
    record_added(correction, by=by, errata=len(changes))
    record_changed(rows.get(), before, by=by)
    return correction


@dataclass(frozen=True)
class _Change:
    text: FrameworkText
    language: str
    wording: str


def _changes(frozen, texts):
    """What is to be corrected, in the order of the framework, and what is wrong with it."""
    changes, problems = [], []
    for key, by_language in texts.items():
        if key not in frozen or set(by_language) - set(LANGUAGES):
            problems.append(Problem(key, "", _("This text is not in the edition.")))
    for key, text in frozen.items():
        for language, wording in texts.get(key, {}).items():
            if language not in LANGUAGES:
                continue
            wording = plain_text(wording)
            if reason := _problem(text, language, wording, texts[key]):
                problems.append(Problem(key, language, reason))
            else:
                changes.append(_Change(text, language, wording))
    if not changes and not problems:
        problems.append(Problem("", "", _("Change the wording of at least one text.")))
    return changes, problems


def _problem(text, language, wording, in_both):
    """Why ``wording`` cannot take the place of what is read now; "" where it can."""
    if not wording:
        return _("A text cannot be left empty.")
    if wording == text.text(language):
        return _("The wording is the same as before.")
    if reason := problem_of_wording(text, wording):
        return reason
    if any(
        not text.text(other) and not in_both.get(other, "").strip()
        for other in LANGUAGES
        if other != language
    ):
        return _("A text that is new is needed in both languages.")
    return ""


def _problems_of_reasons(reasons):
    if not reasons["cy"]:
        yield Problem("reason", "cy", _("Give the reason in Welsh."))
    if not reasons["en"]:
        yield Problem("reason", "en", _("Give the reason in English."))
    for language, reason in reasons.items():
        if spoiled_part(reason):
            yield Problem(
                "reason",
                language,
                _("The reason was spoiled by a wrong encoding. Type it again."),
            )


def _problems_of_date(edition, dated_on):
    # Errata are read in the order of their dates: an older one would not be seen.
    if edition.corrected_on and dated_on < edition.corrected_on:
        sentence = _("The edition was corrected after this date. The newest correction")
        yield Problem(
            "dated_on",
            "",
            f"{sentence}: {date_format(edition.corrected_on, 'j F Y')}",
        )
    if dated_on > timezone.localdate():
        yield Problem(
            "dated_on",
            "",
            _("The date cannot be in the future: pages show it at once."),
        )


def _refuse_what_changed(frozen, texts, seen_texts):
    changed = {}
    for key, by_language in texts.items():
        for language in by_language:
            mark = seen_texts.get(key, {}).get(language)
            if mark and key in frozen and mark != seen(frozen[key].text(language)):
                changed.setdefault(key, {})[language] = frozen[key].text(language)
    if changed:
        raise CorrectedMeanwhile(changed)


def _settle_states(edition, changes, makes_official):
    """Set the states of what was corrected, and of its other language."""
    corrected = {(change.text.key, change.language) for change in changes}
    by_model = {}
    for change in changes:
        text, language = change.text, change.language
        thing, field = text.thing, text.field
        by_model.setdefault(type(thing), {})[thing.pk] = thing
        was = thing.text_state(field, language)
        if makes_official:
            thing.set_text_state(field, language, TextState.CHECKED)
        elif was not in SETTLED:
            is_unofficial = language == edition.unofficial_language
            thing.set_text_state(
                field,
                language,
                TextState.UNOFFICIAL if is_unofficial else TextState.CHECKED,
            )
        if makes_official or was == TextState.STALE:
            continue
        for other in LANGUAGES:
            if (text.key, other) not in corrected and text.text(other):
                thing.set_text_state(field, other, TextState.STALE)
    for model, things in by_model.items():
        # The states alone: in memory the things hold corrected words.
        model.objects.bulk_update(things.values(), ["text_states"], batch_size=100)


def _is_official_now(language, frozen):
    """Whether no text in ``language`` still waits for its official wording."""
    return not any(
        text.thing.text_state(text.field, language)
        in (TextState.UNOFFICIAL, TextState.STALE)
        for text in frozen.values()
    )
