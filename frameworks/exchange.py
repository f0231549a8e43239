"""Editions as files: reading, checking, loading and writing the format of docs/framework-format.md.

A file is taken whole or not at all. What is refused is named with its line, its place and why.
"""

import json
import re
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cdf_site.common.encoding import spoiled_part
from cdf_site.common.json_lines import line_of
from frameworks.models import (
    Criterion,
    Edition,
    EnablingFactor,
    Level,
    LogicModelEntry,
    Module,
    Outcome,
    TransformationPrinciple,
    WellbeingGoal,
)
from organisations.audit import record
from organisations.models import AuditEvent

LANGUAGES = ("cy", "en")
LARGEST_FILE = 5_000_000  # bytes; the May 2022 edition has a quarter of a million
# What stays editable after publishing, and is therefore not compared when a file is loaded again.
EDITABLE = {"editor_note", "wellbeing_goals", "logic_model", "unofficial_language"}


@dataclass(frozen=True)
class Problem:
    """One reason why a file is refused."""

    line: int
    place: str
    reason: str

    def __str__(self):
        return _("Line %(line)s, %(place)s: %(reason)s") % {
            "line": self.line,
            "place": self.place or _("the file"),
            "reason": self.reason,
        }


class Refused(Exception):
    """The file cannot be loaded; nothing was changed."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


# The format: for each object, its keys in their order and how each is checked. ----------


@dataclass(frozen=True)
class Text:
    required: bool = True
    longest: int | None = None


@dataclass(frozen=True)
class Items:
    of: dict
    at_least: int = 0
    left_out_when_empty: bool = False


@dataclass(frozen=True)
class Plain:
    """A value that is no text for readers: ``check`` says what is wrong with it, or None."""

    check: callable


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 999:
        return _("a number from 1 to 999 is expected here")
    return None


def _code(value):
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", value):
        return _("a code of 1 to 20 letters, figures and hyphens is expected here")
    return None


def _boolean(value):
    return None if isinstance(value, bool) else _("true or false is expected here")


def _level(value):
    if value is not None and (isinstance(value, bool) or value not in Level.values):
        return _("a level is 1, 2, 3 or null")
    return None


def _issued(value):
    if not isinstance(value, str) or not re.fullmatch(
        r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?", value
    ):
        return _("a date such as 2022-05 is expected here")
    return None


def _language(value):
    return (
        None
        if value in (*LANGUAGES, None)
        else _('"cy", "en" or null is expected here')
    )


def _numbers(value):
    if not isinstance(value, list) or any(map(_number, value)):
        return _("a list of numbers is expected here")
    return None


def _kind(value):
    if value in LogicModelEntry.Kind.values:
        return None
    return _("this kind of entry is not known")


LOGIC_MODEL = Items(
    {
        "kind": Plain(_kind),
        "level": Plain(_level),
        "number": Plain(_number),
        "text": Text(),
    },
    left_out_when_empty=True,
)
CRITERION = {
    "level": Plain(_level),
    "number": Plain(_number),
    "text": Text(),
    "editor_note": Text(required=False),
}
OUTCOME = {
    "number": Plain(_number),
    "title": Text(longest=300),
    "narrative": Text(required=False),
    "note": Text(required=False),
    "criteria": Items(CRITERION, at_least=1),
    "wellbeing_goals": Plain(_numbers),
    "editor_note": Text(required=False),
    "logic_model": LOGIC_MODEL,
}
MODULE = {
    "code": Plain(_code),
    "number": Plain(_number),
    "uses_levels": Plain(_boolean),
    "title": Text(longest=200),
    "outcomes": Items(OUTCOME, at_least=1),
    "abbreviation": Text(longest=20),
    "introduction": Text(required=False),
    "context": Text(required=False),
    "framework_introduction": Text(required=False),
    "criteria_heading": Text(longest=200),
    "footnotes": Text(required=False),
    "editor_note": Text(required=False),
    "logic_model": LOGIC_MODEL,
}
TITLED = {"number": Plain(_number), "title": Text(longest=200)}
EDITION = {
    "code": Plain(_code),
    "modules": Items(MODULE, at_least=1),
    "enabling_factors": Items(TITLED | {"text": Text()}),
    "wellbeing_goals": Items(TITLED),
    "title": Text(longest=200),
    "publisher": Text(longest=300),
    "issued": Plain(_issued),
    "source": Text(),
    "licence_note": Text(),
    "unofficial_language": Plain(_language),
    "introduction": Text(required=False),
    "context": Text(required=False),
    "principles_introduction": Text(required=False),
    "principles": Items({"number": Plain(_number), "text": Text()}),
    "enabling_factors_introduction": Text(required=False),
    "footnotes": Text(required=False),
    "editor_note": Text(required=False),
}
# Keys that a file may leave out, with what that means.
DEFAULTS = {"unofficial_language": None, "wellbeing_goals": []}


# Checking -----------------------------------------------------------------------------


class _Check:
    """Walks a file's data, keeps every problem, and returns the data in the fixed form."""

    def __init__(self):
        self.found = []  # pairs of a path and a reason

    def problem(self, path, reason):
        self.found.append((path, reason))

    def object(self, value, shape, path):
        if not isinstance(value, dict):
            self.problem(path, _("an object in braces is expected here"))
            return {}
        for key in value:
            if key not in shape:
                self.problem((*path, key), _("this key is not known"))
        return {
            key: self.value(value.get(key), kind, (*path, key), key in value)
            for key, kind in shape.items()
        }

    def value(self, value, kind, path, is_given):
        if isinstance(kind, Items):
            return self.items(value, kind, path, is_given)
        if isinstance(kind, Text):
            return self.text(value, kind, path)
        if not is_given and path[-1] in DEFAULTS:
            return DEFAULTS[path[-1]]
        if reason := kind.check(value):
            self.problem(path, reason)
        return value

    def items(self, value, kind, path, is_given):
        if not is_given:
            value = []
        if not isinstance(value, list):
            self.problem(path, _("a list in brackets is expected here"))
            return []
        if len(value) < kind.at_least:
            self.problem(path, _("at least one is needed here"))
        return [
            self.object(item, kind.of, (*path, index))
            for index, item in enumerate(value)
        ]

    def text(self, value, kind, path):
        if value is None and not kind.required:
            return None
        if not isinstance(value, dict) or set(value) - set(LANGUAGES):
            self.problem(
                path, _('a text in both languages, "cy" and "en", is expected here')
            )
            return None
        for language in LANGUAGES:
            self.one_language(value.get(language), kind, (*path, language))
        return {language: value.get(language) for language in LANGUAGES}

    def one_language(self, text, kind, path):
        if not isinstance(text, str) or not text.strip():
            self.problem(
                path,
                _("the Welsh text is missing")
                if path[-1] == "cy"
                else _("the English text is missing"),
            )
        elif part := spoiled_part(text):
            self.problem(
                path,
                _("the text was spoiled by a wrong encoding near “%(part)s”")
                % {"part": part if part.isprintable() else f"U+{ord(part[0]):04X}"},
            )
        elif kind.longest and len(text) > kind.longest:
            self.problem(
                path,
                _("the text has %(length)s characters; at most %(longest)s fit")
                % {"length": len(text), "longest": kind.longest},
            )

    def structure(self, edition):
        """What no single value shows: doubled numbers, levels where there are none."""
        goals = {goal.get("number") for goal in edition["wellbeing_goals"]}
        for name in ("enabling_factors", "wellbeing_goals", "principles", "modules"):
            self.unique(edition[name], ("number",), (name,))
        self.unique(edition["modules"], ("code",), ("modules",))
        for at_module, module in enumerate(edition["modules"]):
            path = ("modules", at_module, "outcomes")
            self.unique(module.get("outcomes", []), ("number",), path)
            for at_outcome, outcome in enumerate(module.get("outcomes", [])):
                self.outcome(module, outcome, (*path, at_outcome), goals)

    def outcome(self, module, outcome, path, goals):
        criteria = outcome.get("criteria", [])
        self.unique(criteria, ("level", "number"), (*path, "criteria"))
        for index, criterion in enumerate(criteria):
            if (criterion.get("level") is not None) != module["uses_levels"]:
                self.problem(
                    (*path, "criteria", index, "level"),
                    _("criteria of this module have a maturity level")
                    if module["uses_levels"]
                    else _("criteria of this module have no maturity level"),
                )
        linked = outcome.get("wellbeing_goals")
        for index, number in enumerate(linked if isinstance(linked, list) else []):
            if number not in goals:
                self.problem(
                    (*path, "wellbeing_goals", index),
                    _("there is no goal with this number"),
                )

    def unique(self, items, keys, path):
        seen = set()
        for index, item in enumerate(items):
            value = tuple(item.get(key) for key in keys)
            if value in seen:
                self.problem(
                    (*path, index, keys[-1]), _("this number or code is there twice")
                )
            seen.add(value)


def _place(path):
    """A path as people read it: modules[1] › outcomes[6] › criteria[4] › text."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        else:
            place += f" › {step}" if place else str(step)
    return place


def read(raw):
    """The edition in the bytes ``raw``, checked and in the fixed form; raises Refused."""
    if len(raw) > LARGEST_FILE:
        raise Refused([Problem(1, "", _("the file is larger than five megabytes"))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused([Problem(line, "", _("the file is not in UTF-8"))]) from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        reason = _("this is not JSON: %(reason)s") % {"reason": error.msg}
        raise Refused([Problem(error.lineno, "", reason)]) from error
    except RecursionError as error:
        raise Refused([Problem(1, "", _("the file is nested too deeply"))]) from error

    check = _Check()
    edition = check.object(data, EDITION, ())
    if not check.found:
        check.structure(edition)
    if check.found:
        raise Refused(
            [
                Problem(line_of(text, path), _place(path), reason)
                for path, reason in check.found
            ]
        )
    return edition


# Loading ------------------------------------------------------------------------------


def load(raw, *, by=None):
    """Publish the edition in the bytes ``raw``; returns it, and whether it is new.

    An edition that is there already with the same texts and structure stays as it is, with what
    administrators have edited since. Raises Refused, with nothing changed, for a bad file and for
    other content under a code that is published.
    """
    data = read(raw)
    with transaction.atomic():
        existing = Edition.objects.select_for_update().filter(code=data["code"]).first()
        if existing:
            difference = _first_difference(_frozen(export(existing)), _frozen(data))
            if difference is not None:
                line = line_of(raw.decode("utf-8-sig"), difference)
                reason = _(
                    "an edition with this code is there already with other content; "
                    "a published edition never changes, so give the new one a code of its own"
                )
                raise Refused([Problem(line, _place(difference), reason)])
            return existing, False
        edition = _create(data)
        record(
            AuditEvent.Kind.FRAMEWORK_LOADED, by=by, subject=edition, code=edition.code
        )
    return edition, True


def _frozen(value):
    """``value`` without what stays editable after publishing, except the goals' own list."""
    if isinstance(value, dict):
        is_edition = "modules" in value
        return {
            key: _frozen(item)
            for key, item in value.items()
            if key not in EDITABLE or (is_edition and key == "wellbeing_goals")
        }
    if isinstance(value, list):
        return [_frozen(item) for item in value]
    return value


def _first_difference(old, new, path=()):
    """The path of the first difference between two values, or None."""
    if isinstance(old, dict) and isinstance(new, dict) and set(old) == set(new):
        pairs = [(key, old[key], new[key]) for key in new]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(index, old[index], new[index]) for index in range(len(new))]
    else:
        return None if old == new else path
    for step, one, other in pairs:
        difference = _first_difference(one, other, (*path, step))
        if difference is not None:
            return difference
    return None


def _fields(data, shape):
    """The model fields that the texts and plain values of ``data`` fill."""
    fields = {}
    for key, kind in shape.items():
        if isinstance(kind, Text):
            for language in LANGUAGES:
                fields[f"{key}_{language}"] = data[key][language] if data[key] else ""
        elif isinstance(kind, Plain) and key != "wellbeing_goals":
            fields[key] = data[key]
    return fields


def _create(data):
    fields = _fields(data, EDITION)
    fields["unofficial_language"] = fields["unofficial_language"] or ""
    # A draft until all of it is there: to a published edition nothing is added.
    edition = Edition.objects.create(**fields)
    for model, name in (
        (EnablingFactor, "enabling_factors"),
        (TransformationPrinciple, "principles"),
    ):
        for item in data[name]:
            model.objects.create(edition=edition, **_fields(item, EDITION[name].of))
    goals = {
        item["number"]: WellbeingGoal.objects.create(
            edition=edition, **_fields(item, TITLED)
        )
        for item in data["wellbeing_goals"]
    }
    for item in data["modules"]:
        module = Module.objects.create(edition=edition, **_fields(item, MODULE))
        _create_logic_model(item, module=module)
        for outcome_item in item["outcomes"]:
            outcome = Outcome.objects.create(
                module=module, **_fields(outcome_item, OUTCOME)
            )
            outcome.wellbeing_goals.set(
                goals[number] for number in outcome_item["wellbeing_goals"]
            )
            _create_logic_model(outcome_item, outcome=outcome)
            for criterion in outcome_item["criteria"]:
                Criterion.objects.create(
                    outcome=outcome, **_fields(criterion, CRITERION)
                )
    edition.status = Edition.Status.PUBLISHED
    edition.save(update_fields=["status"])
    return edition


def _create_logic_model(item, **subject):
    for entry in item["logic_model"]:
        LogicModelEntry.objects.create(**subject, **_fields(entry, LOGIC_MODEL.of))


# Writing ------------------------------------------------------------------------------


def export(edition):
    """``edition`` in the format, with its keys in the fixed order."""
    modules = edition.modules.prefetch_related(
        "logic_model_entries",
        "outcomes__criteria",
        "outcomes__wellbeing_goals",
        "outcomes__logic_model_entries",
    )
    related = {
        "modules": modules,
        "enabling_factors": edition.enablingfactors.all(),
        "wellbeing_goals": edition.wellbeinggoals.all(),
        "principles": edition.transformationprinciples.all(),
    }
    exported = _write(edition, EDITION, related)
    exported["unofficial_language"] = exported["unofficial_language"] or None
    return exported


def _write(thing, shape, related=None):
    written = {}
    for key, kind in shape.items():
        if isinstance(kind, Text):
            texts = {
                language: getattr(thing, f"{key}_{language}") or ""
                for language in LANGUAGES
            }
            written[key] = texts if any(texts.values()) else None
        elif isinstance(kind, Items):
            items = _related(thing, key, related)
            if items or not kind.left_out_when_empty:
                written[key] = [_write(item, kind.of) for item in items]
        elif key == "wellbeing_goals":
            written[key] = sorted(goal.number for goal in thing.wellbeing_goals.all())
        else:
            written[key] = getattr(thing, key)
    return written


def _related(thing, key, related):
    if related is not None:
        return related[key]
    name = "logic_model_entries" if key == "logic_model" else key
    return getattr(thing, name).all()


def dump(edition):
    """``edition`` as the text of a file: the same bytes for the same content."""
    return json.dumps(export(edition), ensure_ascii=False, indent=2) + "\n"
