"""Texts that go out to be translated, and come back: as a workbook, as PO and as XLIFF."""
