"""A pretend language in which every translated text wears brackets.

Text without brackets was never marked for translation, or is somebody's data.
"""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.utils import translation

from reporting.templatetags import results

OPEN, CLOSE = "⟦", "⟧"
SPOKEN = {"alt", "aria-label", "label", "placeholder", "title"}
NEVER_CLOSED = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}
# What a key is called stands on the key; what programs read is in no language.
UNSEEN = {"code", "kbd", "pre", "script", "style"}


def use_pseudo_language(monkeypatch):
    def bracket(text):
        return f"{OPEN}{text}{CLOSE}"

    backend = translation._trans
    monkeypatch.setattr(backend, "gettext", bracket)
    monkeypatch.setattr(backend, "pgettext", lambda context, text: bracket(text))
    monkeypatch.setattr(
        backend, "ngettext", lambda one, many, n: bracket(one if n == 1 else many)
    )
    monkeypatch.setattr(
        backend,
        "npgettext",
        lambda context, one, many, n: bracket(one if n == 1 else many),
    )
    draw_parts_anew(monkeypatch)


def draw_parts_anew(monkeypatch):
    """Do not remember drawn parts of tables: what is remembered asks for no translation."""
    monkeypatch.setattr(results, "_drawn", results._drawn.__wrapped__)


def untranslated(html, *, data=()):
    """Return the texts of ``html`` with letters outside brackets that are not ``data``.

    Parts that say themselves which language they are in are nobody's to translate: what a
    person wrote, and the names of the languages.
    """
    parser = _Texts()
    parser.feed(html)
    known = whole_words(data)
    return [text for text in parser.texts if has_letters(left_over(text, known))]


def whole_words(texts):
    """A pattern that finds any of ``texts``, the longest first, and no part of a word."""
    longest_first = sorted(filter(None, texts), key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if either else "$")


def left_over(text, known):
    """``text`` without its bracketed parts and without what the pattern ``known`` finds."""
    outside, depth = "", 0
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        if not depth and letter != CLOSE:
            outside += letter
    return known.sub("", outside) if has_letters(outside) else outside


def has_letters(text):
    return any(letter.isalpha() for letter in text)


def stored_texts(*labels):
    """Every text stored in the models of the apps named, line by line as pages show it."""
    found = set()
    for label in labels:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, CharField | TextField) and not field.choices:
                    for value in model._base_manager.values_list(field.name, flat=True):
                        found.update((value or "").splitlines())
                if isinstance(field, JSONField):
                    for value in model._base_manager.values_list(field.name, flat=True):
                        found.update(_texts_in(value))
    return found - {""}


def _texts_in(value):
    """Every text in a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)


class _Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts = []
        self.open = []  # pairs of a tag and whether its content counts
        self.drawn = ""  # the latest line of text in a drawing

    @property
    def counts(self):
        return not self.open or self.open[-1][1]

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        counts = self.counts and tag not in UNSEEN
        if tag != "html" and "lang" in attributes:
            counts = False
        if counts:
            self.texts += [
                " ".join((value or "").split())
                for name, value in attrs
                if name in SPOKEN
                or (name.startswith("data-") and " " in (value or ""))  # for scripts
            ]
            if tag == "input" and attributes.get("type") in {"button", "submit"}:
                self.texts.append(attributes.get("value", ""))
        if tag not in NEVER_CLOSED:
            self.open.append((tag, counts))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.counts:
            return
        text = " ".join(data.split())
        is_drawn = self.open and self.open[-1][0] == "text"
        if is_drawn and self.drawn and self.drawn.count(OPEN) > self.drawn.count(CLOSE):
            text = (
                f"{self.drawn} {text}"  # a sentence in a drawing goes on a line below
            )
            self.texts.remove(self.drawn)
        if is_drawn:
            self.drawn = text
        self.texts.append(text)
