"""What can be wrong with a file, and with a cell of it, in the reader's language."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from assessments.figure_files.layout import column_of


class Code(TextChoices):
    """What is wrong with a cell."""

    # the heads
    UNKNOWN_COLUMN = (
        "unknown_column",
        _("This column is not in the template. Take it out, or correct its head."),
    )
    REPEATED_COLUMN = "repeated_column", _("This column is in the file twice.")
    MISSING_COLUMN = "missing_column", _("This column is missing from the file.")
    # any cell
    FORMULA = "formula", _("This cell holds a formula. Put its result in its place.")
    ERROR = "error", _("This cell holds an error of the spreadsheet program.")
    SPOILED = (
        "spoiled",
        _(
            "Letters were spoiled on the way. Write the text again, and save the file as UTF-8."
        ),
    )
    EXTRA = (
        "extra",
        _(
            "This cell stands under no head. A comma in a number or a text may have split the row."
        ),
    )
    TOO_LONG = "too_long", _("Shorten this text.")
    MISSING = "missing", _("This cell is empty.")
    # what the row is about
    UNKNOWN_CLUSTER = "unknown_cluster", _("No cluster has this code.")
    OTHER_BOARD = "other_board", _("This cluster belongs to another health board.")
    CLOSED = (
        "closed",
        _(
            "The cluster did not exist at that time: it has been closed, or was opened later."
        ),
    )
    UNKNOWN_INDICATOR = (
        "unknown_indicator",
        _("No indicator of this edition has this code."),
    )
    UNKNOWN_PERIOD = (
        "unknown_period",
        _(
            "This is no period of the indicator. Give its first month, for example 2026-04."
        ),
    )
    FUTURE = "future", _("This time has not begun yet.")
    UNKNOWN_YEAR = "unknown_year", _("Give the year in four figures, for example 2025.")
    REPEATED = "repeated", _("The file says this twice. The first time is in row:")
    # numbers
    NOT_A_NUMBER = (
        "not_a_number",
        _("Enter a number in figures, for example 1234 or 12.5."),
    )
    AMBIGUOUS = (
        "ambiguous",
        _(
            "This can be read in two ways, as thousands or as decimals. Write it without a sign between thousands."
        ),
    )
    PERCENT = (
        "percent",
        _("Enter how many and out of how many. The percentage is computed."),
    )
    NEGATIVE = "negative", _("Enter a number that is not below nought.")
    TOO_LARGE = "too_large", _("This number is too large.")
    TOO_EXACT = "too_exact", _("Enter a number with at most two decimals.")
    NOT_WHOLE = "not_whole", _("Enter a whole number.")
    NOUGHT = "nought", _("Enter a number above nought.")
    NO_NUMERATOR = (
        "no_numerator",
        _("Enter how many, or empty the whole row after the period."),
    )
    NO_DENOMINATOR = "no_denominator", _("Enter out of how many.")
    NO_POPULATION = (
        "no_population",
        _(
            "The population of the cluster is not known for that time. Enter the people here, or upload populations first."
        ),
    )
    NOT_ASKED = "not_asked", _("This indicator is a count: leave this cell empty.")
    GREATER = "greater", _("This is more than the number that it is a part of.")  # fmt: skip


# Of a whole file, which is then not kept.
UNREADABLE = {
    "kind": _("Choose a file of one of these kinds: xlsx or csv."),
    "too_large": _("The file is larger than 5 MB. Choose a smaller one."),
    "too_many_rows": _("The file has more than 20,000 rows. Send it in parts."),
    "damaged": _("The file cannot be opened: it is damaged or not complete."),
    "encoding": _("Letters of the file are not in UTF-8. Save it again as “CSV UTF-8”. The first are in line:"),
    "quotes": _("A text begins with a quotation mark and does not end with one. It is in line:"),
    "no_heads": _("The file has none of the columns of the template. Download it, and fill it in."),
    "no_rows": _("The file has no rows below its heads."),
}  # fmt: skip


class Unreadable(Exception):
    """A file that cannot be used at all: why, and in which line."""

    def __init__(self, code, line=None, piece=""):
        self.code, self.line, self.piece = code, line, piece
        super().__init__(code)

    @property
    def message(self):
        message = str(UNREADABLE[self.code])
        if self.line is None:
            return message
        message = f"{message} {self.line}"
        return f"{message} ({self.piece})" if self.piece else message


class Wrong(Exception):
    """What is wrong with one cell, found while it is read; ``code`` is a Code."""

    def __init__(self, code, value=""):
        self.code, self.value = code, value
        super().__init__(code)


@dataclass(frozen=True)
class Fault:
    """Something wrong in one cell, with where it stands; ``value`` is what stands there."""

    row: int
    column: int | None  # counted from one; None where the file has no such column
    key: str  # of the column; "" where it is none of ours
    code: str
    value: str = ""

    @property
    def sentence(self):
        return Code(self.code).label

    @property
    def letters(self):
        """The column, as a spreadsheet program names it."""
        return letters(self.column) if self.column else ""

    @property
    def names_a_row(self):
        return self.code == Code.REPEATED

    def head(self, kind):
        return column_of(kind, self.key).head if self.key else ""


def letters(column):
    """The name of a column in a spreadsheet: A for the first."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
