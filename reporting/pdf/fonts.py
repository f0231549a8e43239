"""The only things a PDF may load: our own fonts, by name from a fixed list."""

from functools import cache
from io import BytesIO
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from fontTools.ttLib import woff2
from weasyprint.urls import URLFetcher, URLFetcherResponse

# One file a weight: WeasyPrint drops ŵ and ŷ where a weight has two.
FONTS = {
    "cdf-font:400": "fonts/source-sans-3-400.woff2",
    "cdf-font:600": "fonts/source-sans-3-600.woff2",
}


class BundledFonts(URLFetcher):
    """Gives the style sheet our fonts, and refuses every other address.

    WeasyPrint's own fetcher opens whatever a document names, files of the machine included. No
    address is ever looked at for a path: it is a key of ``FONTS`` or it is refused.
    """

    def fetch(self, url, headers=None):
        if url not in FONTS:
            raise ValueError("A PDF loads nothing but its fonts.")
        return URLFetcherResponse(url, font(url), {"Content-Type": "font/ttf"})


@cache
def font(key):
    """A font as WeasyPrint wants it, unpacked once for the life of the process."""
    path = finders.find(FONTS[key])
    if path is None:
        raise ImproperlyConfigured(f"{FONTS[key]} is missing: run script/setup.")
    unpacked = BytesIO()
    woff2.decompress(BytesIO(Path(path).read_bytes()), unpacked)
    return unpacked.getvalue()
