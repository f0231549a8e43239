"""Files as they are handed over: what each is called, and that nobody keeps a copy on the way."""

from urllib.parse import quote

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.text import slugify

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}
LONGEST_NAME = 120  # characters


def pdf_file(content, name, languages):
    """The answer that holds the PDF ``content``."""
    response = HttpResponse(content, content_type="application/pdf")
    return handed_over(response, " ".join([name, *languages]), "pdf")


def handed_over(response, name, ending):
    """The answer as a file to keep; its name has Welsh letters, for old programs none."""
    plain = slugify(name)[:LONGEST_NAME]
    full = slugify(name, allow_unicode=True)[:LONGEST_NAME]
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(full)}.{ending}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def too_long(sentence):
    """The answer where a document would hold too much: ``sentence`` says where to read it."""
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=413)
