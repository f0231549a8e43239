"""From bytes to data, and from a place in the data back to its line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from cdf_site.common import plain_yaml
from cdf_site.common.json_lines import line_of as line_in_json
from frameworks.exchange.problems import Problem, Refused, place_of

LARGEST_FILE = 5_000_000  # bytes; the May 2022 edition has a quarter of a million
JSON, YAML = "json", "yaml"
NOTATIONS = {"json": JSON, "yaml": YAML, "yml": YAML}  # by the ending of a file's name


@dataclass(frozen=True)
class Document:
    """What a file says, not yet checked."""

    data: object
    line_of: Callable


def notation_of(name):
    """In what a file of this name is written, or None."""
    return NOTATIONS.get(Path(name).suffix.lower().removeprefix("."))


def parse(raw, notation=JSON):
    """The bytes of a file as a Document; raises Refused."""
    if len(raw) > LARGEST_FILE:
        raise Refused([Problem(1, "", _("the file is larger than five megabytes"))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused([Problem(line, "", _("the file is not in UTF-8"))]) from error
    try:
        return _yaml(text) if notation == YAML else _json(text)
    except RecursionError as error:
        raise Refused([Problem(1, "", _("the file is nested too deeply"))]) from error


def _yaml(text):
    try:
        parsed = plain_yaml.parse(text)
    except plain_yaml.NotPlainYaml as error:
        raise Refused([Problem(error.line, "", error.reason)]) from error
    _refuse_doubled(parsed.doubled)
    return Document(parsed.data, parsed.line_of)


def _json(text):
    doubled = []

    def once(pairs):
        found = dict(pairs)
        if len(found) < len(pairs):
            doubled.append(found)
        return found

    try:
        data = json.loads(text, object_pairs_hook=once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        reason = _("this is not JSON: it cannot be read from column %(column)s on")
        raise Refused(
            [Problem(error.lineno, "", reason % {"column": error.colno})]
        ) from error
    except ValueError as error:  # NaN, or a number with thousands of figures
        raise Refused([Problem(1, "", _("this is not JSON"))]) from error
    if doubled:
        _refuse_doubled(_lines_of_doubled(text))

    def line_of(path):
        return line_in_json(text, path)

    return Document(data, line_of)


def _no_constant(name):
    raise ValueError(name)


def _lines_of_doubled(text):
    """Each key that is twice in one object, as its path and the line of the second one.

    YAML of the kind that is read here holds all of JSON, and is read with every line.
    """
    try:
        return plain_yaml.parse(text).doubled
    except plain_yaml.NotPlainYaml:
        return [((), 1)]


def _refuse_doubled(doubled):
    if doubled:
        raise Refused(
            [
                Problem(line, place_of(path), _("this key is there twice"))
                for path, line in doubled
            ]
        )
