"""From a kind of message and its facts to an e-mail in one language, or in both."""

from dataclasses import dataclass

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

LANGUAGES = ("cy", "en")
BOTH = "both"
LONGEST_SUBJECT = 400
BETWEEN_SUBJECTS = " / "
BETWEEN = f"\n\n{'-' * 60}\n\n"  # the two languages of a plain text


@dataclass(frozen=True)
class Part:
    """What an e-mail says in one language."""

    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letter:
    """What an e-mail says."""

    subject: str
    text: str
    html: str
    parts: list[Part]


# Facts: plain texts, or a text for each language -----------------------------------------


def in_both(say):
    """What ``say()`` says in each language."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = str(say())
    return said


def link_to(name, **where):
    """The address of a page of ours, in each language; without the service's own address."""
    return in_both(lambda: reverse(name, kwargs=where))


def name_of(thing):
    """The name of something that has one in each language."""
    return {"cy": thing.name_cy, "en": thing.name_en}


def day(date):
    return in_both(lambda: date_format(date, "j F Y"))


def hour(instant):
    return in_both(lambda: date_format(localtime(instant), "j F Y, H:i"))


# Writing ---------------------------------------------------------------------------------


def write(kind, facts, language):
    """Return the Letter of ``kind``: in one language, or with Welsh first and then English."""
    languages = LANGUAGES if language == BOTH else (language,)
    parts = [_part(kind, facts, code) for code in languages]
    subject = BETWEEN_SUBJECTS.join(part.subject for part in parts)
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1] + "…"
    context = {"subject": subject, "parts": parts, "language": languages[0]}
    return Letter(
        subject=subject,
        text=BETWEEN.join(part.text for part in parts) + "\n",
        html=render_to_string("notifications/frame.html", context),
        parts=parts,
    )


def languages_of(message):
    """The languages that a message is in, in their order."""
    return LANGUAGES if message.language == BOTH else (message.language,)


def subjects_of(message):
    """The heading of a message that was written, by language; what was cut off is not there."""
    languages = languages_of(message)
    subjects = message.subject.split(BETWEEN_SUBJECTS, maxsplit=len(languages) - 1)
    return list(zip(languages, subjects, strict=False))


def subject_of(kind, facts):
    """The heading of a message of ``kind`` in each language."""
    return {language: _plain(kind, facts, language)[0] for language in LANGUAGES}


def _part(kind, facts, language):
    subject, text = _plain(kind, facts, language)
    with override(language):
        html = render_to_string(
            f"notifications/{kind}_{language}.html", _context(facts, language)
        )
    return Part(language=language, subject=subject, text=text, html=html)


def _plain(kind, facts, language):
    """The first line of the text is the subject; no name makes a second."""
    template = get_template(f"notifications/{kind}_{language}.txt").template
    plain = _one_line(_context(facts, language))
    with override(language):
        # Plain text has no HTML to protect: a name is written as it is.
        subject, _line, text = template.render(
            Context(plain, autoescape=False)
        ).partition("\n")
    return " ".join(subject.split()), text.strip()


def _context(facts, language):
    return _in(facts, language) | {"home": f"{settings.SERVICE_URL}/{language}/"}


def _in(value, language):
    """Facts in one language, with links that lead to the service."""
    if isinstance(value, list):
        return [_in(one, language) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == set(LANGUAGES):
        return value[language]
    said = {name: _in(one, language) for name, one in value.items()}
    if "link" in said:
        said["link"] = f"{settings.SERVICE_URL}{said['link']}"
    return said


def _one_line(value):
    if isinstance(value, dict):
        return {name: _one_line(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_one_line(one) for one in value]
    return " ".join(value.split()) if isinstance(value, str) else value
