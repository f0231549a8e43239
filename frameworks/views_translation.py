"""Translating: what is left by module and outcome, and the texts of a section side by side."""

import hashlib
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from cdf_site.common.word_diff import word_diff
from frameworks import services
from frameworks.errata import read_over
from frameworks.models import LANGUAGES, Edition, TextState
from frameworks.text_places import place_of
from frameworks.text_queries import (
    count,
    editable,
    left_by_edition,
    sources_before,
)
from frameworks.text_structure import differences
from frameworks.texts import sections_of
from frameworks.wording import plain_text, seen
from organisations.permissions import Permission, authorise, holds

UNPROCESSABLE, CONFLICT = 422, 409
LINES = (2, 24)  # of a text's field, at least and at most
LETTERS = 55  # that fit a line of a text's field


def open_editions():
    """Those in which something is left to translate, the drafts first."""
    editions = Edition.objects.exclude(status=Edition.Status.RETIRED)
    return sorted(editions, key=lambda edition: not edition.is_draft)


def edition_of(request, code):
    """The edition of an address. Whoever may not translate learns nothing of which there are."""
    authorise(request.user, Permission.TRANSLATE)
    return get_object_or_404(
        Edition.objects.exclude(status=Edition.Status.RETIRED), code=code
    )


def way_to(edition=None):
    """The breadcrumbs above a page."""
    steps = [
        {"label": _("Home"), "url": reverse("home")},
        {"label": _("Translation"), "url": reverse("translation:translation_list")},
    ]
    if edition:
        url = reverse("translation:translation_edition", args=[edition.code])
        steps.append({"label": str(edition), "url": url})
    return steps


def asked_language(request):
    """The language that the page is to be about; "" for both."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else ""


# What is left -------------------------------------------------------------------------------


def translation_list(request):
    """The editions with what is left in each language."""
    authorise(request.user, Permission.TRANSLATE)
    editions = open_editions()
    left = left_by_edition(editions)
    return render(
        request,
        "frameworks/translation_list.html",
        {
            "lines": [(edition, left[edition.pk]) for edition in editions],
            "breadcrumbs": way_to()[:1],
        },
    )


def translation_edition(request, edition):
    """What is left of an edition, by module and outcome."""
    edition = edition_of(request, edition)
    models = editable(edition)
    lines, texts = [], []
    for section in sections_of(edition):
        of_section = [text for text in section.texts if isinstance(text.thing, models)]
        texts += of_section
        if of_section:
            lines.append((section, count(of_section)))
    return render(
        request,
        "frameworks/translation_edition.html",
        {
            "edition": edition,
            "lines": lines,
            "all": count(texts),
            "breadcrumbs": way_to(),
        },
    )


def translation_next(request, edition):
    """Lead on to the first text with something left, after the section that one comes from."""
    edition = edition_of(request, edition)
    language = asked_language(request)
    models = editable(edition)
    sections = sections_of(edition)
    codes = [section.code for section in sections]
    after = request.GET.get("after")
    start = codes.index(after) + 1 if after in codes else 0
    for section in sections[start:] + sections[:start]:
        for text in section.texts:
            if isinstance(text.thing, models) and any(
                text.is_left(each) for each in ([language] if language else LANGUAGES)
            ):
                return redirect(_section_url(edition, section, language, text.key))
    messages.success(request, _nothing_left(language))
    return redirect("translation:translation_edition", edition.code)


def _nothing_left(language):
    match language:
        case "cy":
            return _("Nothing is left in Welsh.")
        case "en":
            return _("Nothing is left in English.")
        case _:
            return _("Nothing is left in either language.")


def _section_url(edition, section, language="", key="", **query):
    url = reverse("translation:translation_section", args=[edition.code, section.code])
    query = ({"language": language} if language else {}) | query
    url = f"{url}?{urlencode(query)}" if query else url
    return f"{url}#{key}" if key else url


# One section --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """An error of the page, with the field it is about."""

    text: str
    url: str


@dataclass
class Side:
    """One language of a text as the page shows it."""

    language: str
    name: str
    text: str
    state: str
    lines: int
    choice: str = ""
    conflict: object = None
    difference: list = field(default_factory=list)  # from mine to theirs
    error: str = ""
    error_id: str = ""
    source: object = None  # what the other language said when this was in step
    source_difference: list = field(default_factory=list)


@dataclass
class Shown:
    """One text as the page shows it: both languages, and how they differ in form."""

    text: object
    key: str
    place: str
    sides: list
    is_editable: bool
    version: str
    warnings: list


def _loaded(request, edition, section):
    """The edition and its section of an address; Http404 where there is none."""
    edition = edition_of(request, edition)
    for found in sections_of(edition):
        if found.code == section:
            return edition, found
    raise Http404("no such section")


def translation_section(request, edition, section):
    """The texts of a section side by side; saving keeps all that is fresh."""
    edition, section = _loaded(request, edition, section)
    if request.method == "POST":
        return _save(request, edition, section)
    return _draw(request, edition, section)


def _draw(request, edition, section, *, saved=None, status=200):
    language = asked_language(request)
    only_left = request.GET.get("only") == "left"
    models = editable(edition)
    read_over(
        edition,
        {text.thing for text in section.texts if not isinstance(text.thing, models)},
    )
    wanted = [
        text
        for text in section.texts
        if not only_left
        or text.key in _sent_keys(request.POST)
        or any(text.is_left(each) for each in ([language] if language else LANGUAGES))
    ]
    sources = sources_before(
        [text for text in wanted if isinstance(text.thing, models)]
    )
    shown = [
        _shown(text, section, request.POST, saved, sources, models) for text in wanted
    ]
    frozen = [one for one in shown if not one.is_editable]
    return render(
        request,
        "frameworks/translation_section.html",
        {
            "edition": edition,
            "section": section,
            "texts": [one for one in shown if one.is_editable],
            "frozen": [one for one in frozen if any(side.text for side in one.sides)],
            "left": count(
                text for text in section.texts if isinstance(text.thing, models)
            ),
            "language": language,
            "only_left": only_left,
            "may_correct": holds(request.user, Permission.ADMINISTER),
            "errors": _errors(shown),
            "breadcrumbs": way_to(edition),
        },
        status=status,
    )


def _shown(text, section, data, saved, sources, models):
    sides = [_side(text, language, data, saved, sources) for language in LANGUAGES]
    return Shown(
        text=text,
        key=text.key,
        place=place_of(text, section),
        sides=sides,
        is_editable=isinstance(text.thing, models),
        version="-".join(seen(text.text(language)) for language in LANGUAGES),
        warnings=differences(*(side.text for side in sides)),
    )


def _side(text, language, data, saved, sources):
    name = f"{text.key}-{language}"
    place = text.key, language
    typed = data.get(f"{name}-text")
    shows_typed = saved and place in {*saved.conflicts, *saved.refused}
    value = typed if shows_typed and typed is not None else text.text(language)
    side = Side(
        language=language,
        name=name,
        text=value,
        state=text.state(language) or "",
        lines=_lines(value),
    )
    if saved:
        side.conflict = saved.conflicts.get(place)
        side.error = saved.refused.get(place) or saved.not_settled.get(place) or ""
        side.error_id = f"{name}-error" if side.error else ""
        if side.conflict or side.error:
            side.choice = data.get(f"{name}-choice", "")
        if side.conflict:
            side.difference = word_diff(plain_text(value), side.conflict.text)
    if source := sources.get(place):
        (other,) = set(LANGUAGES) - {language}
        side.source = source
        side.source_difference = word_diff(source.text, text.text(other))
    return side


def _lines(text):
    wrapped = sum(1 + len(line) // LETTERS for line in text.split("\n"))
    least, most = LINES
    return max(least, min(most, wrapped + 1))


def _errors(shown):
    """The list on top of the page: each a link to its text."""
    found = []
    for one in shown:
        for side in one.sides:
            sentence = side.error
            if side.conflict:
                sentence = _("Someone else changed this text meanwhile.")
            if sentence:
                label = (
                    f"{one.place}: {one.text.label}"
                    if one.place
                    else str(one.text.label)
                )
                label = f"{label[:1].upper()}{label[1:]}"
                found.append(Problem(f"{label}: {sentence}", f"#{side.name}-text"))
    return found


def _sent_keys(data):
    return {name[: -len("-version")] for name in data if name.endswith("-version")}


def _entries(data, keys):
    """What was sent, as TextEntry by key."""
    theirs = set(data.getlist("use_theirs"))
    entries = {}
    for key in keys:
        marks = data[f"{key}-version"].split("-")
        if len(marks) != len(LANGUAGES):
            raise BadRequest("a hidden field of the form is missing or spoiled")
        entry = services.TextEntry(seen=dict(zip(LANGUAGES, marks, strict=True)))
        for language in LANGUAGES:
            name = f"{key}-{language}"
            if name in theirs:
                continue
            if (text := data.get(f"{name}-text")) is not None:
                entry.texts[language] = text
            if state := data.get(f"{name}-choice"):
                if state not in services.CHOSEN:
                    raise BadRequest("a state that nobody offered")
                entry.states[language] = state
        entries[key] = entry
    return entries


def _save(request, edition, section):
    keys = _sent_keys(request.POST) & {text.key for text in section.texts}
    if keys != _sent_keys(request.POST):
        raise BadRequest("a text of another section")
    try:
        saved = services.save_texts(
            edition=edition, entries=_entries(request.POST, keys), by=request.user
        )
    except services.NotEditable:
        raise Http404 from None
    _tell(request, saved)
    if not saved.is_whole:
        _edition, section = _loaded(request, edition.code, section.code)
        status = CONFLICT if saved.conflicts else UNPROCESSABLE
        return _draw(request, edition, section, saved=saved, status=status)
    language = asked_language(request)
    if "next" in request.POST:
        url = reverse("translation:translation_next", args=[edition.code])
        query = {"after": section.code} | ({"language": language} if language else {})
        return redirect(f"{url}?{urlencode(query)}")
    asked = request.POST.get("switch_to")
    with override(asked if asked in LANGUAGES else get_language()):
        only = {"only": "left"} if request.GET.get("only") == "left" else {}
        return redirect(_section_url(edition, section, language, **only))


def _tell(request, saved):
    if saved.saved:
        texts = _("Saved: %(number)s") % {
            "number": len({key for key, _language in saved.saved})
        }
        messages.success(request, texts)
    elif saved.is_whole:
        messages.info(request, _("Nothing has changed."))
    if saved.outdated:
        messages.warning(
            request,
            _(
                "While you wrote, someone changed the other language of some of these texts. They "
                "are saved, and marked as needing an update: %(number)s"
            )
            % {"number": len(saved.outdated)},
        )


# All of a section at once -------------------------------------------------------------------


def translation_check(request, edition, section):
    """Mark all texts of a section in one language as checked, after a look at which they are."""
    edition, section = _loaded(request, edition, section)
    language = asked_language(request) or get_language()
    models = editable(edition)
    left = [
        text
        for text in section.left(language)
        if isinstance(text.thing, models) and text.text(language)
    ]
    possible = [
        text
        for text in left
        if not services.problem_of_state(text, language, TextState.CHECKED)
    ]
    fingerprint = _fingerprint(possible)
    status = 200
    if request.method == "POST":
        if request.POST.get("version") == fingerprint:
            return _checked(request, edition, section, language, possible)
        status = CONFLICT
    return render(
        request,
        "frameworks/translation_check.html",
        {
            "edition": edition,
            "section": section,
            "language": language,
            "texts": _placed(possible, section, language),
            "not_possible": _placed(
                [text for text in left if text not in possible], section, language
            ),
            "version": fingerprint,
            "section_url": _section_url(edition, section, language),
            "errors": [_("The texts have changed since. Look at them again.")]
            if status == CONFLICT
            else [],
            "breadcrumbs": way_to(edition),
        },
        status=status,
    )


def _placed(texts, section, language):
    return [(text, place_of(text, section), text.text(language)) for text in texts]


def _checked(request, edition, section, language, texts):
    saved = services.save_texts(
        edition=edition,
        entries={
            text.key: services.TextEntry(
                states={language: TextState.CHECKED},
                seen={each: seen(text.text(each)) for each in LANGUAGES},
            )
            for text in texts
        },
        by=request.user,
    )
    _tell(request, saved)
    if not saved.is_whole:
        messages.warning(
            request, _("The texts have changed since. Look at them again.")
        )
    return redirect(_section_url(edition, section, language))


def _fingerprint(texts):
    """A mark of these texts in both languages, as they are now."""
    content = "\0".join(
        f"{text.key}\0{text.text(language)}" for text in texts for language in LANGUAGES
    )
    return hashlib.sha256(content.encode()).hexdigest()[:16]
