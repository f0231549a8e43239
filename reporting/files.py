"""PDFs as they are handed over: what the file is called, and that nobody keeps a copy on the way."""

from urllib.parse import quote

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.text import slugify

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}


def pdf_file(content, name, languages):
    """The answer that holds the PDF ``content``; its file's name has Welsh letters, for old programs none."""
    response = HttpResponse(content, content_type="application/pdf")
    name = " ".join([name, *languages])
    plain, full = slugify(name), slugify(name, allow_unicode=True)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{quote(full)}.pdf"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


def too_long(sentence):
    """The answer where a document would hold too much: ``sentence`` says where to read it."""
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=413)
