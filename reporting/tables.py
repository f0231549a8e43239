"""Tables that are shown on a page, drawn from in a chart, and taken away as CSV or XLSX: one object."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What stands in a column, which says how it is shown and written."""

    TEXT = "text"
    COUNT = "count"  # a whole number of things
    NUMBER = "number"  # a measured number; shown with ``decimals`` decimals
    PERCENTAGE = "percentage"  # 0 to 100
    LEVEL = "level"  # 0 to 3, or None
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """A column: its code in files, its head on pages, and what the data dictionary says of it.

    ``label`` and ``description`` are lazy translations.
    """

    code: str
    label: str
    description: str
    kind: Kind = Kind.TEXT
    decimals: int = 1

    @property
    def is_number(self):
        return self.kind in {Kind.COUNT, Kind.NUMBER, Kind.PERCENTAGE}


@dataclass(frozen=True)
class Link:
    """A text in a table that leads somewhere; ``language`` where it is not the page's."""

    text: str
    url: str = ""
    language: str = ""

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Table:
    """Rows of values in the order of ``columns``; None where nothing is known, never nought.

    The first column is the head of its row. ``file_only`` names the columns, by code, that files
    have and pages leave out.
    """

    caption: str
    columns: list[Column]
    rows: list[list] = field(default_factory=list)
    file_only: frozenset = frozenset()

    @property
    def shown_columns(self):
        return [column for column in self.columns if column.code not in self.file_only]

    @property
    def shown_rows(self):
        """Of each row, pairs of the column and the value that a page shows."""
        return [
            [
                (column, value)
                for column, value in zip(self.columns, row, strict=True)
                if column.code not in self.file_only
            ]
            for row in self.rows
        ]
