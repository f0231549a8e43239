"""Reading a file that comes back: what it says of each text, and what cannot be used."""

import datetime
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cdf_site.common import uploads
from cdf_site.common.encoding import spoiled_part
from cdf_site.common.workbooks import Unreadable, sheets_of, told
from frameworks.models import LANGUAGES
from frameworks.text_queries import find_texts, is_of_another_edition
from frameworks.translation_files.layout import FORMAT, SEEN
from frameworks.translation_files.workbook import ABOUT, COLUMNS, HEAD, KEY
from frameworks.translation_files.workbook import SEEN as SEEN_COLUMN
from frameworks.wording import LONGEST_TEXT, plain_text, seen

UNPACKING = str(Path(__file__).with_name("unpacking.py"))
KINDS = {"xlsx": "xlsx", "po": "po", "pot": "po", "xlf": "xliff", "xliff": "xliff"}
MOST_FAULTS = 200  # that are listed
UNREADABLE = {
    "kind": _("Choose a file of one of these kinds: xlsx, po or xlf."),
    "not_texts": _("This is no file of texts of this service. Choose the file that you downloaded here."),
    "another_edition": _("This file belongs to another edition."),
    "languages": _("The file does not say from which language into which it translates."),
    "encoding": _("The letters of the file are not in UTF-8. Save it again as UTF-8."),
    "damaged": _("The file cannot be opened: it is damaged or not complete."),
    "too_large": _("This file is larger than a file of texts can be. Choose the file that you downloaded here."),
}  # fmt: skip


class Code(TextChoices):
    """Why a row of a file is not used."""

    UNKNOWN = "unknown", _("This text is not in the edition.")
    OTHER_EDITION = "other_edition", _("This text belongs to another edition.")
    REPEATED = "repeated", _("This text is in the file twice. The first one counts.")
    FORMULA = "formula", _("This cell holds a formula. Write the text itself.")
    NOT_A_TEXT = "not_a_text", _("This cell holds a date. Write the text itself.")
    EMPTIED = (
        "emptied",
        _(
            "The text is empty in the file, which changes nothing. To take it out, use the page."
        ),
    )
    TOO_LONG = "too_long", _("The text is longer than what fits.")
    SPOILED = (
        "spoiled",
        _("Letters of this text were spoiled on the way. Write it again on the page."),
    )
    PLURAL = "plural", _("This entry is not as it was in the file that went out.")  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something that cannot be used: where, in what way, and what stands there."""

    place: str  # the address of a cell, or the number of a line or unit
    code: str
    value: str = ""

    @property
    def sentence(self):
        return Code(self.code).label


@dataclass
class Row:
    """What a file says of one text, by language; ``seen`` marks what it was made from."""

    place: str
    key: str
    texts: dict = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    # Languages in which the file says that the text still needs work, and in which that it fits.
    unsure: list = field(default_factory=list)
    fits: list = field(default_factory=list)


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    def add_fault(self, place, code, value=""):
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(str(place), code.value, str(value)[:100]))


def read(file, edition):
    """Read an uploaded file for ``edition``.

    Raises Unreadable with one of ``UNREADABLE``, or RefusedFile, for a file that cannot be used at
    all; whatever is wrong in single rows is a Fault, and the others are read all the same.
    """
    ending = Path(file.name or "").suffix.lower().removeprefix(".")
    kind = KINDS.get(ending)
    if kind is None:
        raise Unreadable("kind")
    if kind == "xlsx":
        uploads.check(file)
        reading = _read_workbook(sheets_of(file.read()), edition)
    else:
        if not file.size:
            raise uploads.RefusedFile("empty")
        reading = _read_catalogue(told(UNPACKING, file.read(), kind), edition)
    return _checked(reading, edition)


def _read_workbook(sheets, edition):
    about = {
        cells[1].value: cells[2].value
        for title, rows in sheets
        if title == ABOUT
        for _number, cells in rows
        if {1, 2} <= set(cells)
    }
    if about.get("format") != FORMAT:
        raise Unreadable("not_texts")
    if str(about.get("edition")) != edition.code:
        raise Unreadable("another_edition")
    reading = Reading()
    for _title, rows in sheets:
        # Known by its head: the guidance has none, and a sheet may be renamed.
        if rows and rows[0][1].get(KEY, (None,))[0] == HEAD:
            _read_sheet(rows[1:], reading)
    return reading


def _read_sheet(rows, reading):
    for number, cells in rows:
        if KEY not in cells:
            continue
        row = Row(place=str(number), key=str(cells[KEY].value))
        mark = cells[SEEN_COLUMN].value if SEEN_COLUMN in cells else ""
        marks = SEEN.fullmatch(f"seen: {mark}")
        row.seen = dict(zip(LANGUAGES, marks.groups(), strict=True)) if marks else {}
        for language, column in COLUMNS.items():
            place = f"{chr(64 + column)}{number}"
            cell = cells.get(column)
            if cell is None:
                row.texts[language] = ""
            elif cell.is_formula:
                reading.add_fault(place, Code.FORMULA, cell.value)
            elif isinstance(cell.value, datetime.date | bool):
                reading.add_fault(place, Code.NOT_A_TEXT, cell.value)
            else:
                row.texts[language] = str(cell.value).replace("_x000D_", "")
        reading.rows.append(row)


def _read_catalogue(said, edition):
    if said["format"] != FORMAT:
        raise Unreadable("not_texts")
    if said["edition"] != edition.code:
        raise Unreadable("another_edition")
    # As some programs write it: cy_GB, or cy-GB.
    source, target = (
        said[name].replace("_", "-").partition("-")[0].lower()
        for name in ("source_language", "target_language")
    )
    if {source, target} != set(LANGUAGES):
        raise Unreadable("languages")
    reading = Reading()
    for unit in said["units"]:
        row = Row(place=str(unit["place"]), key=unit["key"])
        row.texts[target] = unit["target"]
        (row.unsure if unit["fuzzy"] else row.fits).append(target)
        if marks := SEEN.search(unit["notes"]):
            row.seen = dict(zip(LANGUAGES, marks.groups(), strict=True))
        # The source in the file is what the translation was made from, whatever the mark says.
        row.seen[source] = seen(_plain(unit["source"]))
        reading.rows.append(row)
    return reading


def _plain(text):
    return plain_text(text.replace("\t", " "))


def _checked(reading, edition):
    """The rows that can be used; of the others, a fault is added for each."""
    found = find_texts(edition, {row.key for row in reading.rows})
    rows, taken = reading.rows, set()
    reading.rows = []
    for row in rows:
        text = found.get(row.key)
        if text is None:
            is_other = is_of_another_edition(edition, row.key)
            code = Code.OTHER_EDITION if is_other else Code.UNKNOWN
            reading.add_fault(row.place, code, row.key)
        elif row.key in taken:
            reading.add_fault(row.place, Code.REPEATED)
        else:
            taken.add(row.key)
            for language in list(row.texts):
                row.texts[language] = _plain(row.texts[language])
                if code := _fault_of(text, row, language):
                    if code != Code.EMPTIED or _was_there(text, row, language):
                        value = row.texts[language]
                        reading.add_fault(_cell(row, language), code, value)
                    del row.texts[language]
            if row.texts:
                reading.rows.append(row)
    return reading


def _cell(row, language):
    """The address of a text in a workbook; of other files, the number of its line or unit."""
    if len(row.texts) == 1 and (row.unsure or row.fits):
        return row.place
    return f"{chr(64 + COLUMNS[language])}{row.place}"


def _was_there(text, row, language):
    """Whether a text that is empty in the file was not so when it went out, or is not so now."""
    mark = row.seen.get(language)
    return bool(text.text(language)) if mark is None else mark != seen("")


def _fault_of(text, row, language):
    said = row.texts[language]
    if not said:
        return Code.EMPTIED
    if len(said) > (text.longest or LONGEST_TEXT):
        return Code.TOO_LONG
    part = spoiled_part(said)
    # An invisible joiner is part of many a picture letter, and no sign of a wrong encoding.
    if part is not None and unicodedata.category(part[0]) != "Cf":
        return Code.SPOILED
    return None
