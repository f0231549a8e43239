"""A draft to translate, and what tests do to it."""

import io

from django.urls import reverse
from openpyxl import load_workbook

from frameworks import services
from frameworks.models import Criterion, Edition
from frameworks.texts import sections_of
from frameworks.translation_files.layout import lines_of
from frameworks.translation_files.workbook import ENGLISH, KEY, WELSH, workbook
from frameworks.wording import seen
from tests.factories import EditionFactory, ModuleFactory


def draft_to_translate(code="2031-05", outcomes=2):
    """One module; its outcomes have one criterion at each level."""
    edition = EditionFactory(code=code, draft=True)
    ModuleFactory(edition=edition, number=1, code="LEVELS", outcomes=outcomes)
    return edition


def first(edition, level=1):
    return Criterion.objects.get(
        outcome__module__edition=edition, outcome__number=1, level=level
    )


def key_of(thing, field="text"):
    return f"{thing._meta.model_name}-{thing.pk}-{field}"


def states(thing, field="text"):
    thing = type(thing).objects.get(pk=thing.pk)
    return tuple(
        str(thing.text_state(field, language) or "") for language in ("cy", "en")
    )


def texts(thing, field="text"):
    thing = type(thing).objects.get(pk=thing.pk)
    return tuple(thing.text_in(field, language) for language in ("cy", "en"))


def save(
    edition, by, key, *, cy=None, en=None, state_cy=None, state_en=None, mark=None
):
    """Save one text; ``mark`` is a pair of texts that the writer had seen."""
    entry = services.TextEntry()
    for given, language, value in (
        (entry.texts, "cy", cy),
        (entry.texts, "en", en),
        (entry.states, "cy", state_cy),
        (entry.states, "en", state_en),
    ):
        if value is not None:
            given[language] = value
    if mark:
        entry.seen.update(zip(("cy", "en"), map(seen, mark), strict=True))
    return services.save_texts(edition=edition, entries={key: entry}, by=by)


def check_all(edition, by):
    """Bring every text to where it may be published."""
    edition = Edition.objects.get(pk=edition.pk)
    services.save_texts(
        edition=edition,
        entries={
            text.key: services.TextEntry(
                states={
                    language: "checked"
                    for language in ("cy", "en")
                    if text.text(language)
                }
            )
            for section in sections_of(edition)
            for text in section.texts
        },
        by=by,
    )


def page_of(edition, section=None, name="translation_section"):
    arguments = [edition.code, *([section] if section else [])]
    return reverse(f"translation:{name}", args=arguments)


def sent(thing, field="text", **values):
    """The fields of a text as its page sends them, with ``cy``, ``en`` and their choices."""
    key = key_of(thing, field)
    now = texts(thing, field)
    data = {
        f"{key}-version": "-".join(map(seen, values.pop("mark", now))),
        f"{key}-cy-text": values.pop("cy", now[0]),
        f"{key}-en-text": values.pop("en", now[1]),
        f"{key}-cy-choice": values.pop("state_cy", ""),
        f"{key}-en-choice": values.pop("state_en", ""),
    }
    assert not values
    return data


def made_workbook(edition, change=None, **options):
    """The bytes of a workbook that went out, after ``change`` was done to its sheet of texts."""
    book = load_workbook(io.BytesIO(workbook(edition, lines_of(edition, **options))))
    if change:
        change(book.worksheets[1])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row_of(page, key):
    return next(row for row in page.iter_rows(min_row=2) if row[KEY - 1].value == key)


def put(key, **by_language):
    """A change of a sheet: write into the cells of one text."""

    def change(page):
        row = row_of(page, key)
        for language, value in by_language.items():
            row[{"cy": WELSH, "en": ENGLISH}[language] - 1].value = value

    return change
