"""The format: for each object, its keys in their order and how each is checked."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from frameworks.models import LANGUAGES, Indicator, Level, LogicModelEntry

REQUIRED = object()


@dataclass(frozen=True)
class Text:
    """A text in both languages; one with a state may be marked as unofficial."""

    required: bool = True
    longest: int | None = None
    has_state: bool = True


@dataclass(frozen=True)
class Items:
    """A list of objects, in the order of ``order``; each of ``unique`` is there once."""

    of: dict
    order: Callable
    unique: tuple = ()
    at_least: int = 0
    left_out_when_empty: bool = False


@dataclass(frozen=True)
class Plain:
    """A value that is no text for readers: ``check`` says what is wrong with it, or None.

    A file may leave it out where there is a ``default``; ``left_out`` is what is never written.
    """

    check: Callable
    default: object = REQUIRED
    left_out: bool = False


def optional(check, default=None):
    """A value that a file does not have where it says nothing."""
    return Plain(check, default, left_out=True)


# What single values are -----------------------------------------------------------------

CODE = r"[A-Za-z0-9_-]{1,20}"
NUMBER = r"[1-9][0-9]{0,2}"
OUTCOME_PATH = re.compile(rf"({CODE})/({NUMBER})")
CRITERION_PATH = re.compile(rf"({CODE})/({NUMBER})/([1-3]|-)/({NUMBER})")
PLACE = re.compile(
    rf"edition|(principles|enabling_factors|wellbeing_goals|quadruple_aims)/{NUMBER}"
    rf"|modules/{CODE}(/{NUMBER}(/([1-3]|-)/{NUMBER})?)?"
)


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 999:
        return _("a number from 1 to 999 is expected here")
    return None


def _code(value):
    if not isinstance(value, str) or not re.fullmatch(CODE, value):
        return _("a code of 1 to 20 letters, figures and hyphens is expected here")
    return None


def _edition_before(value):
    return None if value is None else _code(value)


def _indicator_code(value):
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
        return _("a code of 1 to 40 letters, figures and hyphens is expected here")
    return None


def _boolean(value):
    return None if isinstance(value, bool) else _("true or false is expected here")


def _is_level(value):
    return type(value) is int and value in Level.values


def _level(value):
    if value is None or _is_level(value):
        return None
    return _("a level is 1, 2, 3 or null")


def _highest_level(value):
    return None if _is_level(value) else _("the highest level is 1, 2 or 3")


def _issued(value):
    if isinstance(value, str) and re.fullmatch(
        r"[0-9]{4}-(0[1-9]|1[0-2])(-[0-9]{2})?", value
    ):
        return None
    return _("a date such as 2022-05 is expected here")


def _day(value):
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return None
    return _("a date such as 2022-05-31 is expected here")


def _language(value):
    if value is None or _one_language(value) is None:
        return None
    return _('"cy", "en" or null is expected here')


def _one_language(value):
    if isinstance(value, str) and value in LANGUAGES:
        return None
    return _('"cy" or "en" is expected here')


def _numbers(value):
    if not isinstance(value, list) or any(map(_number, value)):
        return _("a list of numbers is expected here")
    return None


def _target(value):
    if value is None:
        return None
    is_number = type(value) in (int, float) and abs(value) < 10**10
    if is_number and round(value, 2) == value:
        return None
    return _("a number with at most two decimal places, or null, is expected here")


def _path_to(pattern, example):
    def check(value):
        if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
            return None
        return _("a place such as %(example)s is expected here") % {"example": example}

    return check


def _outcome_paths(value):
    if isinstance(value, list) and all(
        isinstance(one, str) and OUTCOME_PATH.fullmatch(one) for one in value
    ):
        return None
    return _("a list of outcomes such as PCMW/3 is expected here")


def _place(value):
    if isinstance(value, str) and PLACE.fullmatch(value):
        return None
    return _("a place such as %(example)s is expected here") % {
        "example": "modules/PCMW/6/2/1"
    }


def _field(value):
    if isinstance(value, str) and re.fullmatch(r"[a-z_]{1,40}", value):
        return None
    return _("the name of a text is expected here")


def _wording(value):
    return None if isinstance(value, str) else _("a text is expected here")


def _one_of(choices):
    def check(value):
        if isinstance(value, str) and value in choices.values:
            return None
        return _("one of these is expected here: %(choices)s") % {
            "choices": ", ".join(choices.values)
        }

    return check


# In which order -------------------------------------------------------------------------


def _by_number(item):
    return item["number"]


def _by_level(item):
    return (item["level"] is None, item["level"] or 0, item["number"])


def _by_kind(item):
    return (item["kind"], *_by_level(item))


def _by_date(item):
    return item["dated_on"]


def _as_written(item):
    return 0


# The objects ----------------------------------------------------------------------------

LOGIC_MODEL = Items(
    {
        "kind": Plain(_one_of(LogicModelEntry.Kind)),
        "level": Plain(_level),
        "number": Plain(_number),
        "text": Text(),
    },
    _by_kind,
    left_out_when_empty=True,
)
CRITERION = {
    "level": Plain(_level),
    "number": Plain(_number),
    "text": Text(),
    "editor_note": Text(required=False),
    "predecessor": optional(
        _path_to(re.compile(rf"{CODE}/{CRITERION_PATH.pattern}"), "2022-05/PCMW/6/2/1")
    ),
}
OUTCOME = {
    "number": Plain(_number),
    "title": Text(longest=300),
    "narrative": Text(required=False),
    "note": Text(required=False),
    "criteria": Items(CRITERION, _by_level, unique=(("level", "number"),), at_least=1),
    "wellbeing_goals": Plain(_numbers, default=()),
    "quadruple_aims": optional(_numbers, default=()),
    "editor_note": Text(required=False),
    "predecessor": optional(
        _path_to(re.compile(rf"{CODE}/{OUTCOME_PATH.pattern}"), "2022-05/PCMW/6")
    ),
    "logic_model": LOGIC_MODEL,
}
MODULE = {
    "code": Plain(_code),
    "number": Plain(_number),
    "uses_levels": Plain(_boolean),
    "highest_level": optional(_highest_level, default=Level.MATURE.value),
    "title": Text(longest=200),
    "outcomes": Items(OUTCOME, _by_number, unique=(("number",),), at_least=1),
    "abbreviation": Text(longest=20),
    "introduction": Text(required=False),
    "context": Text(required=False),
    "framework_introduction": Text(required=False),
    "criteria_heading": Text(longest=200),
    "footnotes": Text(required=False),
    "editor_note": Text(required=False),
    "has_one_logic_model": optional(_boolean, default=False),
    "logic_model": LOGIC_MODEL,
}
TITLED = {"number": Plain(_number), "title": Text(longest=200)}
PRINCIPLE = {"number": Plain(_number), "text": Text()}
FACTOR = TITLED | {"text": Text()}
INDICATOR = {
    "number": Plain(_number),
    "code": Plain(_indicator_code),
    "name": Text(longest=200),
    "description": Text(),
    "unit": Plain(_one_of(Indicator.Unit)),
    "direction": Plain(_one_of(Indicator.Direction)),
    "target": optional(_target),
    "source": Text(longest=300),
    "period": Plain(_one_of(Indicator.Period)),
    "outcomes": optional(_outcome_paths, default=()),
    "is_example": optional(_boolean, default=False),
}
ERRATUM = {
    "place": Plain(_place),
    "field": Plain(_field),
    "language": Plain(_one_language),
    "text": Plain(_wording),
}
CORRECTION = {
    "dated_on": Plain(_day),
    "reason": Text(has_state=False),
    "makes_official": optional(_boolean, default=False),
    "errata": Items(
        ERRATUM, _as_written, unique=(("place", "field", "language"),), at_least=1
    ),
}
EDITION = {
    "code": Plain(_code),
    "predecessor": optional(_edition_before),
    "modules": Items(MODULE, _by_number, unique=(("number",), ("code",)), at_least=1),
    "enabling_factors": Items(FACTOR, _by_number, unique=(("number",),)),
    "wellbeing_goals": Items(TITLED, _by_number, unique=(("number",),)),
    "quadruple_aims": Items(
        TITLED, _by_number, unique=(("number",),), left_out_when_empty=True
    ),
    "goal_links_are_suggested": optional(_boolean, default=False),
    "title": Text(longest=200),
    "publisher": Text(longest=300),
    "issued": Plain(_issued),
    "source": Text(),
    "licence_note": Text(),
    "unofficial_language": Plain(_language, default=None),
    "introduction": Text(required=False),
    "context": Text(required=False),
    "principles_introduction": Text(required=False),
    "principles": Items(PRINCIPLE, _by_number, unique=(("number",),)),
    "enabling_factors_introduction": Text(required=False),
    "footnotes": Text(required=False),
    "editor_note": Text(required=False),
    "indicators": Items(
        INDICATOR,
        _by_number,
        unique=(("number",), ("code",)),
        left_out_when_empty=True,
    ),
    "corrections": Items(CORRECTION, _by_date, left_out_when_empty=True),
}
# What stays editable after publishing, or is added to it, and is therefore not compared when a
# file is loaded again; of the edition, and of what stands in it.
OPEN_IN_EDITION = {
    "editor_note",
    "goal_links_are_suggested",
    "unofficial_language",
    "indicators",
    "corrections",
}
OPEN_IN_PARTS = {
    "editor_note",
    "wellbeing_goals",
    "quadruple_aims",
    "has_one_logic_model",
    "logic_model",
}
