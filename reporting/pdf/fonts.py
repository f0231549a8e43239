"""Our own fonts, unpacked as a document needs them."""

from functools import cache
from io import BytesIO
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from fontTools.ttLib import woff2

# One file a weight: WeasyPrint drops ŵ and ŷ where a weight has two.
FONTS = {
    "cdf-font:400": "fonts/source-sans-3-400.woff2",
    "cdf-font:600": "fonts/source-sans-3-600.woff2",
}


@cache
def load_fonts():
    """The bytes of each font by the address that style sheets give it; once in a process.

    A font that is missing is an error here, and would be only a warning to WeasyPrint.
    """
    return {address: _unpacked(place) for address, place in FONTS.items()}


def _unpacked(place):
    path = finders.find(place)
    if path is None:
        raise ImproperlyConfigured(f"{place} is missing: run script/setup.")
    unpacked = BytesIO()
    woff2.decompress(BytesIO(Path(path).read_bytes()), unpacked)
    return unpacked.getvalue()
