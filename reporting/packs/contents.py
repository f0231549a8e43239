"""What a pack says of itself: what is in it, what is not and why, in each of its languages."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cdf_site.common.welsh import english_key, welsh_key
from reporting.files import LANGUAGES
from reporting.models import Pack, PackPart
from reporting.pdf.rendering import draw, parts_of


@dataclass(frozen=True)
class Entry:
    """One cluster's document: ``place`` is the page it begins on, or the name of its file."""

    number: int
    cluster: str
    pages: int
    place: object


@dataclass(frozen=True)
class Contents:
    """The contents of a pack, in the words of one language."""

    language: str
    heading: str
    scope: str
    cycle: str
    asked_on: str
    entries: list[Entry]
    failed: list[tuple[str, str]]  # a cluster, and why
    not_submitted: list[str]

    @property
    def title(self):
        return f"{self.heading}: {self.scope}, {self.cycle}"

    @property
    def running_head(self):
        return f"{self.scope} · {self.cycle}"


def heading_of(document):
    """What a pack of such documents is called."""
    if document == Pack.Document.SUMMARY:
        return _("Summaries of the self-reflections")
    return _("Full reports of the self-reflections")


def not_submitted(pack, language):
    """The clusters that had submitted nothing, by name."""
    key = welsh_key if language == "cy" else english_key
    return sorted((names[language] for names in pack.not_submitted), key=key)


def contents_of(pack, parts, places, language):
    """What ``pack`` holds, in ``language``; ``places`` are those of its parts that are done."""
    with translation.override(language):
        done = [part for part in parts if part.state == PackPart.State.DONE]
        return Contents(
            language=language,
            heading=heading_of(pack.document),
            scope=pack.scope.name,
            cycle=pack.cycle.name,
            asked_on=date_format(timezone.localtime(pack.asked_at), "j F Y, H:i"),
            entries=[
                Entry(part.position, part.name(language), part.pages, place)
                for part, place in zip(done, places, strict=True)
            ],
            failed=[
                (part.name(language), str(part.get_fault_display()))
                for part in parts
                if part.state == PackPart.State.FAILED
            ],
            not_submitted=not_submitted(pack, language),
        )


def as_text(contents):
    """The contents as a text file: its name and its bytes, which old programs read as well."""
    with translation.override(contents.language):
        name = pgettext("of a pack", "Contents")
        text = render_to_string("reporting/pack_contents.txt", {"contents": contents})
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return name, "\r\n".join([*lines, ""]).encode("utf-8-sig")


def as_pdf(pack, parts, places):
    """The contents as a tagged PDF in the pack's languages; its links lead to ``pack:NUMBER``."""
    languages = LANGUAGES[pack.language]
    drawn = parts_of(
        "reporting/pack_document.html",
        "contents",
        languages=languages,
        document_in=lambda language: contents_of(pack, parts, places, language),
    )
    return draw(
        drawn,
        languages=languages,
        created_at=pack.asked_at,
        large_print=pack.large_print,
        keep=False,
    )
