"""The words of a PDF, to compare with what is stored."""

import io
import re

import pypdf


def words(text):
    """``text`` with single spaces, and whole words where a line ended at a hyphen."""
    return re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(text.split()))


def text_of_pages(raw):
    """What pypdf reads, without the running heads and feet, which are drawn last."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages]
    without = [page.rpartition(" · ")[0].rpartition("\n")[0] for page in pages[1:]]
    return words(" ".join([pages[0], *without]))
