"""The part of YAML that says what JSON says: read with the line of each value, and written.

Nothing of YAML that builds, repeats or guesses is taken: no tags, no anchors, one document. What
stands without quotation marks is ``null``, ``true``, ``false`` or a number where it is written as
in JSON, and otherwise the text that it is: ``no``, ``on`` and ``2022-05`` stay what they are.
"""

import json
import re
from dataclasses import dataclass, field

import yaml
from django.utils.translation import gettext as _

DEEPEST = 30
MOST_VALUES = 200_000
LONGEST_LINE = 60  # characters of a text that stands on the line of its key
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Words that other programs read as something else where they stand without quotation marks.
_TAKEN = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}


class NotPlainYaml(Exception):
    """The text is no YAML, or is more than is taken; with its line and the reason."""

    def __init__(self, line, reason):
        self.line, self.reason = line, reason
        super().__init__(f"{line}: {reason}")


@dataclass
class Parsed:
    """What a text says: its data, the line of each value by its path, and keys that are twice."""

    data: object = None
    lines: dict = field(default_factory=lambda: {(): 1})
    doubled: list = field(default_factory=list)  # pairs of a path and a line

    def line_of(self, path):
        """The line of the value at ``path``, or of the last on the way to it that is there."""
        path = tuple(path)
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


# Reading --------------------------------------------------------------------------------


class _Builder:
    """Puts the values of a document together as their events come."""

    def __init__(self):
        self.parsed = Parsed()
        self.open = []  # containers that are not closed yet, each with its path
        self.keys = []  # of the open mappings, the key that waits for its value, or None
        self.count = 0

    def start(self, container, line):
        path = self.add(container, line)
        if len(self.open) == DEEPEST:
            raise NotPlainYaml(line, _("the file is nested too deeply"))
        self.open.append((container, path))
        self.keys.append(None)

    def end(self):
        self.open.pop()
        self.keys.pop()

    def scalar(self, text, line, *, is_plain):
        if self.open and isinstance(self.open[-1][0], dict) and self.keys[-1] is None:
            self.keys[-1] = (text, line)
        else:
            self.add(_meaning(text) if is_plain else text, line)

    def add(self, value, line):
        """Put ``value`` where it belongs; returns its path."""
        self.count += 1
        if self.count > MOST_VALUES:
            raise NotPlainYaml(
                line, _("the file holds more values than an edition has")
            )
        if not self.open:
            self.parsed.data = value
            return ()
        container, path = self.open[-1]
        if isinstance(container, list):
            path = (*path, len(container))
            container.append(value)
        else:
            if self.keys[-1] is None:
                raise NotPlainYaml(line, _("a key is a single word"))
            (key, line), self.keys[-1] = self.keys[-1], None
            path = (*path, key)
            if key in container:
                self.parsed.doubled.append((path, line))
                return path
            container[key] = value
        self.parsed.lines[path] = line
        return path


def parse(text):
    """What ``text`` says, as Parsed; raises NotPlainYaml."""
    if match := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, match.start()) + 1
        reason = _("this character cannot stand in a file: %(character)s")
        raise NotPlainYaml(line, reason % {"character": f"U+{ord(match[0]):04X}"})
    builder, line = _Builder(), 1
    documents = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise NotPlainYaml(line, _("a file holds one edition"))
            _take(event, line, builder)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _("this is not YAML: it cannot be read from column %(column)s on")
        raise NotPlainYaml(
            mark.line + 1, reason % {"column": mark.column + 1}
        ) from error
    except (ValueError, OverflowError) as error:  # \U of a character that there is not
        raise NotPlainYaml(line, _("this is not YAML")) from error
    return builder.parsed


def _take(event, line, builder):
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise NotPlainYaml(
            line, _("anchors (&) and aliases (*) are not taken: write it out")
        )
    if getattr(event, "tag", None):
        raise NotPlainYaml(line, _("tags (!) are not taken"))
    match event:
        case yaml.MappingStartEvent():
            builder.start({}, line)
        case yaml.SequenceStartEvent():
            builder.start([], line)
        case yaml.CollectionEndEvent():
            builder.end()
        case yaml.ScalarEvent():
            builder.scalar(event.value, line, is_plain=event.implicit[0])


def _meaning(text):
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


# Writing --------------------------------------------------------------------------------


def write(data):
    """``data`` as YAML: the same bytes for the same content, each paragraph on one line.

    ``data`` is made of dictionaries with plain words as keys, lists, texts, numbers, true, false
    and null.
    """
    return "".join(f"{line}\n" for line in _lines_of_mapping(data))


def _lines_of_mapping(data):
    for key, value in data.items():
        yield from _lines_of_member(f"{_key(key)}:", value)


def _lines_of_member(opening, value):
    if isinstance(value, dict) and value:
        yield opening
        yield from _indented(_lines_of_mapping(value))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        yield opening
        for one in value:
            first, *others = _lines_of_mapping(one)
            yield f"  - {first}"
            yield from _indented(_indented(others))
    elif isinstance(value, str) and _is_block(value):
        yield f"{opening} |{'' if value.endswith(chr(10)) else '-'}"
        yield from _indented(value.removesuffix("\n").split("\n"))
    else:
        yield f"{opening} {_on_one_line(value)}"


def _indented(lines):
    return (f"  {line}" if line else "" for line in lines)


def _key(key):
    return key if _PLAIN_KEY.fullmatch(key) and key not in _TAKEN else _quoted(key)


def _is_block(text):
    """Whether ``text`` is long, and reads the same from a block as it was written."""
    return (
        (len(text) > LONGEST_LINE or "\n" in text)
        and text[0] not in " \n"
        and not text.endswith("\n\n")
        and not re.search("[\t\r\x85]|^ +$", text, re.MULTILINE)
        and not _UNPRINTABLE.search(text)
    )


def _on_one_line(value):
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_on_one_line, value))}]"
    return json.dumps(value)


def _quoted(text):
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(
        f"{_UNPRINTABLE.pattern}|\x85",
        lambda match: f"\\u{ord(match[0]):04x}",
        quoted,
    )
