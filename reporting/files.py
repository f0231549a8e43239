"""Files as they are handed over: what each is called, and that nobody keeps a copy on the way."""

from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.text import slugify

from reporting.pdf.press import TooLong

LANGUAGES = {"cy": ("cy",), "en": ("en",), "both": ("cy", "en")}
PRINTS = {"large", "normal"}  # as an address asks for them
LONGEST_NAME = 120  # characters


def wants_large_print(request):
    """Whether documents are in large print: as the address asks, or else as the reader needs."""
    asked = request.GET.get("print")
    needed = getattr(
        request.user, "large_print", False
    )  # nobody's, where nobody signed in
    return asked == "large" or (needed and asked != "normal")


def today():
    """The instant at which today began in Wales.

    What is drawn from what there is now says the day alone: asked for twice on a day, as long as
    nothing has changed, it is the same document.
    """
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def document(request, render, *, language, name, too_long):
    """The answer that holds the document in ``language``, one of ``LANGUAGES``.

    ``render`` draws it, told ``languages`` and ``large_print``; ``name()`` says what the file is
    called, in the first of its languages; ``too_long`` says what else to do where it holds too much.
    """
    languages = LANGUAGES[language]
    try:
        content = render(languages=languages, large_print=wants_large_print(request))
    except TooLong:
        plain = "text/plain; charset=utf-8"
        return HttpResponse(too_long, content_type=plain, status=413)
    with translation.override(languages[0]):
        return pdf_file(content, name(), languages)


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
