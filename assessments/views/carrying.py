"""Carrying an answer of the last cycle forward: it is shown, and not kept until confirmed.

What waits to be confirmed stands in the address and in the page alone, so that it is nobody's
answer until somebody has looked at it.
"""

from dataclasses import replace
from urllib.parse import urlencode

from assessments.forms import sent_fields
from assessments.models import Answer
from assessments.sheet import NOT_ANSWERED
from assessments.subjects import SEPARATOR
from cdf_site.common.languages import was_chosen

CARRIES = {"carry", "confirm"}  # the buttons, whose value is the answer


def carried_answer(answer, last):
    """``answer`` with what it lacks taken from the ``last`` one, but no date.

    By when something was to happen then says nothing of now.
    """
    return Answer(
        choice=answer.choice or last.choice_to_carry,
        text=answer.text or last.text,
        dated_on=answer.dated_on,
        language=answer.language or last.language,
        language_is_chosen=not answer.text and was_chosen(last.text, last.language),
        version=answer.version,
    )


def offered(page_items, sheet, last_cycle):
    """The answers that could be carried forward, by key: those not given yet that were then."""
    if last_cycle is None:
        return {}
    return {
        item.key: (item, carried_answer(answer, last))
        for item in page_items
        if (last := last_cycle.answers.get(item.subject))
        and _fits(item, answer := sheet.answer(item.subject), last)
    }


def _fits(item, answer, last):
    if item.asks_for_needs:
        return bool(last.text or last.choice_to_carry) and not any(answer.content)
    if not item.choices:
        return bool(last.text) and not (answer.text or answer.dated_on)
    codes = {code for code, _words in item.choices}
    chosen = set(last.choice.split(SEPARATOR)) if last.choice else set()
    return bool(chosen) and chosen <= codes and not answer.choice


def as_initial(offers, keys):
    """The initial values of a form on which the answers of ``keys`` are filled in."""
    return {
        f"{key}-{part}": value
        for key in keys
        for item, answer in [offers[key]]
        for part, value in (
            (
                "choice",
                answer.choice.split(SEPARATOR) if item.several else answer.choice,
            ),
            ("text", answer.text),
            ("language", answer.language if answer.language_is_chosen else ""),
        )
    }


def fill(data, offers, key):
    """Fill the answer of ``key`` into what was sent."""
    for name, values in sent_fields(*offers[key]).items():
        data.setlist(name, values)


def in_their_language(entries, sheet, last_cycle):
    """``entries``, where a text of the last cycle that is taken as it was keeps its language.

    Unless somebody had chosen that language, and whoever takes the text unchooses it.
    """
    if last_cycle is None:
        return entries
    return [
        replace(entry, kept_language=last.language)
        if (last := last_cycle.answers.get(entry.subject))
        and entry.text == last.text != sheet.answer(entry.subject).text
        and not entry.language
        and (entry.language is None or not was_chosen(last.text, last.language))
        else entry
        for entry in entries
    ]


def withheld(data, entries, sheet, last_cycle):
    """The keys of those ``entries`` that stand as they were carried forward, unconfirmed.

    Whoever changed one has looked at it, and confirmed it by that.
    """
    if last_cycle is None:
        return []
    waiting = set(data.getlist("unconfirmed")) - {data.get("confirm")}
    keys = []
    for entry in entries:
        last = last_cycle.answers.get(entry.subject)
        if entry.subject.key in waiting and last:
            stored = sheet.answer(entry.subject)
            if entry.content in (
                carried_answer(stored, last).content,
                carried_answer(NOT_ANSWERED, last).content,
            ):
                keys.append(entry.subject.key)
    return keys


def address(url, unconfirmed, at="", saved=""):
    """``url`` with what waits to be confirmed there, at the question of the key ``at``.

    The page then says beside its buttons that it was ``saved`` at that time.
    """
    query = urlencode(
        [("carried", key) for key in unconfirmed] + [("saved", saved)] * bool(saved)
    )
    return f"{url}{'?' if query else ''}{query}{'#' if at else ''}{at}"
