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
class Letter:
    """What an e-mail says."""

    subject: str
    text: str
    html: str


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
    subject = BETWEEN_SUBJECTS.join(part["subject"] for part in parts)
    if len(subject) > LONGEST_SUBJECT:
        subject = subject[: LONGEST_SUBJECT - 1] + "…"
    context = {"subject": subject, "parts": parts, "language": languages[0]}
    return Letter(
        subject=subject,
        text=BETWEEN.join(part["text"] for part in parts) + "\n",
        html=render_to_string("notifications/frame.html", context),
    )


def _part(kind, facts, language):
    context = {
        name: value[language] if isinstance(value, dict) else value
        for name, value in facts.items()
    }
    if "link" in context:
        context["link"] = f"{settings.SERVICE_URL}{context['link']}"
    context["home"] = f"{settings.SERVICE_URL}/{language}/"
    place = f"notifications/{kind}_{language}"
    with override(language):
        # The first line is the subject.
        plain = {name: _one_line(value) for name, value in context.items()}
        # Plain text has no HTML to protect: a name is written as it is.
        subject, _line, text = (
            get_template(f"{place}.txt")
            .template.render(Context(plain, autoescape=False))
            .partition("\n")
        )
        html = render_to_string(f"{place}.html", context)
    return {
        "language": language,
        "subject": " ".join(subject.split()),
        "text": text.strip(),
        "html": html,
    }


def _one_line(value):
    return " ".join(value.split()) if isinstance(value, str) else value
