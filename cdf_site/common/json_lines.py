"""Which line of a JSON text a value stands on, so that a refusal can say where."""

import json
from json.decoder import scanstring

_BLANK = " \t\r\n"


def _skip_blank(text, at):
    while text[at] in _BLANK:
        at += 1
    return at


def line_of(text, path):
    """The line, from 1, on which the value at ``path`` (keys and indexes) begins.

    ``text`` is valid JSON. Where the path leads nowhere, it is the line of what it leads to last.
    """
    decoder = json.JSONDecoder()
    at = _skip_blank(text, 0)
    for step in path:
        found = _child(text, at, step, decoder)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _child(text, at, step, decoder):
    """Where the member ``step`` of the object or array at ``at`` begins, or None."""
    opening = text[at]
    if opening not in "{[":
        return None
    index = 0
    at = _skip_blank(text, at + 1)
    while text[at] not in "}]":
        key = index
        if opening == "{":
            key, at = scanstring(text, at + 1)
            at = _skip_blank(text, _skip_blank(text, at) + 1)
        if key == step:
            return at
        _, at = decoder.raw_decode(text, at)
        at = _skip_blank(text, at)
        if text[at] == ",":
            at = _skip_blank(text, at + 1)
        index += 1
    return None
