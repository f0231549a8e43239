"""Whether a file's data is an edition: every value, and what no single value shows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cdf_site.common.encoding import spoiled_part
from frameworks.exchange import reading, shape
from frameworks.exchange.places import outcome_paths, placed
from frameworks.exchange.problems import place_of, refuse
from frameworks.exchange.shape import EDITION, Items, Plain, Text
from frameworks.models import LANGUAGES
from frameworks.models.predecessors import SAME_EDITION, fault_of_part

UNOFFICIAL = "unofficial"


class Entry(dict):
    """An object of a file in the fixed form, which knows where in the file it stands."""

    def __init__(self, values, path):
        super().__init__(values)
        self.path = path


@dataclass(frozen=True)
class CheckedFile:
    """An edition as a file has it, checked by itself and in the fixed form."""

    data: Entry
    line_of: Callable

    def refuse(self, found):
        """Raise Refused for pairs of a path in the file and a reason, if there are any."""
        refuse(found, self.line_of)


def check_file(raw, notation=reading.JSON):
    """The edition in the bytes ``raw`` as CheckedFile; raises Refused."""
    document = reading.parse(raw, notation)
    check = _Check()
    edition = check.whole(document.data)
    refuse(check.found, document.line_of)
    in_order = {path: at for at, path in enumerate(outcome_paths(edition))}
    return CheckedFile(_ordered(edition, EDITION, in_order), document.line_of)


def faults(data):
    """Everything for which ``data`` would be refused as a file: pairs of a place and a reason."""
    check = _Check()
    check.whole(data)
    return [(place_of(path), str(reason)) for path, reason in check.found]


def read(raw, notation=reading.JSON):
    """The edition in the bytes ``raw``, checked and in the fixed form; raises Refused."""
    return check_file(raw, notation).data


def _ordered(entry, shape_of_it, order_of_outcomes):
    """``entry`` with its lists in the order in which they are written, each link once."""
    for key, kind in shape_of_it.items():
        if isinstance(kind, Items):
            for item in entry.get(key, []):
                _ordered(item, kind.of, order_of_outcomes)
            entry.get(key, []).sort(key=kind.order)
        elif isinstance(kind, Plain) and isinstance(entry.get(key), list):
            order = order_of_outcomes.get if key == "outcomes" else None
            entry[key] = sorted(set(entry[key]), key=order)
    return entry


class _Check:
    """Walks a file's data, keeps every problem, and returns the data in the fixed form."""

    def __init__(self):
        self.found = []  # pairs of a path and a reason
        self.unofficial_language = None

    def whole(self, data):
        """The edition in the fixed form, where nothing is found."""
        edition = self.object(data, EDITION, ())
        if not self.found:
            self.structure(edition)
        return edition

    def problem(self, path, reason):
        self.found.append((path, reason))

    def object(self, value, shape_of_it, path):
        if not isinstance(value, dict):
            self.problem(path, _("an object in braces is expected here"))
            return Entry({}, path)
        if shape_of_it is EDITION:
            self.unofficial_language = value.get("unofficial_language")
        for key in value:
            if key not in shape_of_it:
                self.problem((*path, key), _("this key is not known"))
        entry = Entry({}, path)
        for key, kind in shape_of_it.items():
            checked = self.value(value.get(key), kind, (*path, key), key in value)
            if not _is_left_out(checked, kind):
                entry[key] = checked
        return entry

    def value(self, value, kind, path, is_given):
        if isinstance(kind, Items):
            return self.items(value, kind, path, is_given)
        if isinstance(kind, Text):
            return self.text(value, kind, path)
        if not is_given and kind.default is not shape.REQUIRED:
            return list(kind.default) if kind.default == () else kind.default
        if reason := kind.check(value):
            self.problem(path, reason)
        elif isinstance(value, float) and value == int(value):
            return int(value)
        elif path[-1] == "text" and path[-3] == "errata":
            self.spoiled(value, path)
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

    # Texts --------------------------------------------------------------------------------

    def text(self, value, kind, path):
        if value is None and not kind.required:
            return None
        keys = {*LANGUAGES, *([UNOFFICIAL] if kind.has_state else [])}
        if not isinstance(value, dict) or set(value) - keys:
            self.problem(
                path, _('a text in both languages, "cy" and "en", is expected here')
            )
            return None
        for language in LANGUAGES:
            self.one_language(value.get(language), kind.longest, (*path, language))
        text = {language: value.get(language) for language in LANGUAGES}
        if UNOFFICIAL in value:
            marked = self.unofficial(value[UNOFFICIAL], (*path, UNOFFICIAL))
            if marked != _marked_without_saying(self.unofficial_language):
                text[UNOFFICIAL] = marked
        return text

    def unofficial(self, value, path):
        if not isinstance(value, list) or any(one not in LANGUAGES for one in value):
            self.problem(
                path, _('a list of "cy" and "en", or an empty one, is expected here')
            )
            return []
        return [language for language in LANGUAGES if language in value]

    def one_language(self, text, longest, path):
        if isinstance(text, bool | int | float):
            self.problem(path, _("a text is expected here: put it in quotation marks"))
        elif not isinstance(text, str) or not text.strip():
            self.problem(
                path,
                _("the Welsh text is missing")
                if path[-1] == "cy"
                else _("the English text is missing"),
            )
        elif not self.spoiled(text, path) and longest and len(text) > longest:
            self.too_long(text, longest, path)

    def spoiled(self, text, path):
        part = spoiled_part(text)
        if part:
            self.problem(
                path,
                _("the text was spoiled by a wrong encoding near “%(part)s”")
                % {"part": part if part.isprintable() else f"U+{ord(part[0]):04X}"},
            )
        return part

    def too_long(self, text, longest, path):
        self.problem(
            path,
            _("the text has %(length)s characters; at most %(longest)s fit")
            % {"length": len(text), "longest": longest},
        )

    # What no single value shows -----------------------------------------------------------

    def structure(self, edition):
        """Doubled numbers, levels where there are none, links that lead nowhere."""
        self.unique(edition, EDITION)
        if edition.get("predecessor") == edition["code"]:
            self.problem(("predecessor",), SAME_EDITION)
        for module in edition["modules"]:
            self.module(edition, module)
        outcomes = set(outcome_paths(edition))
        for indicator in edition.get("indicators", []):
            self.links(
                indicator,
                "outcomes",
                outcomes,
                _("there is no outcome with this number"),
            )
        self.corrections(edition)

    def unique(self, entry, shape_of_it):
        for name, kind in shape_of_it.items():
            if not isinstance(kind, Items):
                continue
            for keys in kind.unique:
                seen = set()
                for item in entry.get(name, []):
                    value = tuple(item[key] for key in keys)
                    if value in seen:
                        self.problem(
                            (*item.path, keys[-1]),
                            _("this number or code is there twice"),
                        )
                    seen.add(value)
            for item in entry.get(name, []):
                self.unique(item, kind.of)

    def module(self, edition, module):
        if "highest_level" in module and not module["uses_levels"]:
            self.problem(
                (*module.path, "highest_level"),
                _("this module has no maturity levels"),
            )
        self.levels_of_logic_model(module, module)
        goals = {goal["number"] for goal in edition["wellbeing_goals"]}
        aims = {aim["number"] for aim in edition.get("quadruple_aims", [])}
        for outcome in module["outcomes"]:
            self.links(
                outcome,
                "wellbeing_goals",
                goals,
                _("there is no goal with this number"),
            )
            self.links(
                outcome,
                "quadruple_aims",
                aims,
                _("there is no aim with this number"),
            )
            self.levels_of_logic_model(module, outcome)
            self.predecessor(edition, outcome)
            for criterion in outcome["criteria"]:
                self.level(module, criterion)
                self.predecessor(edition, criterion)

    def level(self, module, criterion):
        path = (*criterion.path, "level")
        if (criterion["level"] is not None) != module["uses_levels"]:
            self.problem(
                path,
                _("criteria of this module have a maturity level")
                if module["uses_levels"]
                else _("criteria of this module have no maturity level"),
            )
        elif _is_too_high(criterion["level"], module):
            self.problem(path, _("this module has no criteria at this level"))

    def levels_of_logic_model(self, module, subject):
        for entry in subject.get("logic_model", []):
            path = (*entry.path, "level")
            if entry["level"] and not module["uses_levels"]:
                self.problem(path, _("this module has no maturity levels"))
            elif _is_too_high(entry["level"], module):
                self.problem(path, _("this module has no criteria at this level"))

    def links(self, entry, key, known, reason):
        for index, link in enumerate(entry.get(key, [])):
            if link not in known:
                self.problem((*entry.path, key, index), reason)

    def predecessor(self, edition, part):
        if "predecessor" in part:
            named = part["predecessor"].split("/", 1)[0]
            fault = fault_of_part(edition["code"], edition.get("predecessor"), named)
            if fault:
                self.problem((*part.path, "predecessor"), fault)

    def corrections(self, edition):
        shapes = {place: shape_there for place, shape_there, _part in placed(edition)}
        for correction in edition.get("corrections", []):
            for erratum in correction["errata"]:
                self.erratum(erratum, shapes.get(erratum["place"]))

    def erratum(self, erratum, shape_of_place):
        kind = (shape_of_place or {}).get(erratum["field"])
        if shape_of_place is None:
            self.problem(
                (*erratum.path, "place"), _("this place is not in the edition")
            )
        elif not isinstance(kind, Text) or erratum["field"] == "editor_note":
            self.problem(
                (*erratum.path, "field"), _("there is no text of this name there")
            )
        else:
            self.one_language(erratum["text"], kind.longest, (*erratum.path, "text"))


def _is_left_out(value, kind):
    if isinstance(kind, Items):
        return kind.left_out_when_empty and not value
    if isinstance(kind, Plain) and kind.left_out:
        return value == kind.default or (kind.default == () and value == [])
    return False


def _is_too_high(level, module):
    highest = module.get("highest_level", shape.MODULE["highest_level"].default)
    return level is not None and level > highest


def _marked_without_saying(unofficial_language):
    return [unofficial_language] if unofficial_language else []
