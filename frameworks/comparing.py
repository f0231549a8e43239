"""What changed from one edition to another: added, removed, moved, reworded. Nothing here is loaded.

Works on editions as plain data, in the form of ``exchange.export``: each text a dictionary by
language or None, each predecessor the path of what it was made from in the edition before, as in
``2022-05/PCMW/3/1/2``; that of an outcome ends with its number.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from django.utils.translation import get_language

from cdf_site.common.word_diff import word_diff
from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    EnablingFactor,
    Module,
    Outcome,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.texts import NOT_FOR_READERS

# What belongs to the edition itself: the key of the list in a file, and what stands in it.
PARTS = {
    "principles": TransformationPrinciple,
    "enabling_factors": EnablingFactor,
    "wellbeing_goals": WellbeingGoal,
    "quadruple_aims": QuadrupleAim,
}
# What is no text and yet matters to a reader.
SETTINGS = {Module: ("uses_levels", "highest_level")}

ADDED, REMOVED, MOVED, REWORDED = "added", "removed", "moved", "reworded"


@dataclass(frozen=True)
class Rewording:
    """A text that is not what it was, in one language."""

    field: str
    label: str
    language: str
    before: str
    after: str

    @cached_property
    def parts(self):
        """What changed, word by word."""
        return word_diff(self.before, self.after)


@dataclass(frozen=True)
class ShownText:
    """A text in one language."""

    label: str
    language: str
    text: str


@dataclass(frozen=True)
class Setting:
    """Something other than a text that is not what it was."""

    field: str
    label: str
    before: object
    after: object


@dataclass(frozen=True)
class Place:
    """Where a thing stands in its edition; what does not apply is None."""

    module: str | None = None
    outcome: int | None = None
    level: int | None = None
    number: int | None = None

    @property
    def of_outcome(self):
        return Place(module=self.module, outcome=self.outcome)


@dataclass(frozen=True)
class Pair:
    """One thing of the framework then and now; None where it was not there yet, or is no more."""

    model: type
    before: dict | None
    after: dict | None
    place_before: Place | None = None
    place_after: Place | None = None
    is_moved: bool = False
    children: list["Pair"] = field(default_factory=list)
    languages: tuple[str, ...] = LANGUAGES  # in which it is compared

    @property
    def data(self):
        return self.after or self.before

    @property
    def kind(self):
        return self.model._meta.model_name

    @property
    def name(self):
        return self.model._meta.verbose_name

    @property
    def plural_name(self):
        return self.model._meta.verbose_name_plural

    @property
    def title(self):
        """In the language of the page; "" of what has no title."""
        return text_of(self.data, "title", get_language())

    @property
    def is_titled(self):
        return "title" in self.data

    @property
    def has_several_fields(self):
        return len(_text_names(self.model)) > 1

    @property
    def anchor(self):
        """Of an outcome, on a page that lists changes."""
        gone = "-removed" if self.is_removed else ""
        return f"outcome-{self.place.module}-{self.place.outcome}{gone}"

    @property
    def place(self):
        return self.place_after or self.place_before

    @property
    def is_added(self):
        return self.before is None

    @property
    def is_removed(self):
        return self.after is None

    @cached_property
    def rewordings(self):
        """The texts that both editions have a thing for, and that are not the same."""
        if self.before is None or self.after is None:
            return []
        return [
            Rewording(name, _label(self.model, name), language, before, after)
            for name in _text_names(self.model)
            for language in self.languages
            if (before := text_of(self.before, name, language))
            != (after := text_of(self.after, name, language))
        ]

    @property
    def texts(self):
        """Its own texts, of something that came or went as a whole."""
        return [
            ShownText(_label(self.model, name), language, text)
            for name in _text_names(self.model)
            for language in self.languages
            if (text := text_of(self.data, name, language))
        ]

    @cached_property
    def settings(self):
        if self.before is None or self.after is None:
            return []
        return [
            Setting(name, _label(self.model, name), before, after)
            for name in SETTINGS.get(self.model, ())
            if (before := self.before.get(name)) != (after := self.after.get(name))
        ]

    @property
    def kinds_of_change(self):
        """Which of added, removed, moved and reworded it is."""
        if self.is_added:
            return [ADDED]
        if self.is_removed:
            return [REMOVED]
        return [MOVED] * self.is_moved + [REWORDED] * bool(self.rewordings)

    @property
    def has_changed(self):
        return bool(self.kinds_of_change or self.settings)

    @cached_property
    def has_changes(self):
        """Whether it, or anything in it, has changed."""
        return self.has_changed or any(child.has_changes for child in self.children)

    @property
    def changed_children(self):
        return [child for child in self.children if child.has_changes]

    def in_languages(self, languages):
        """The same, and what is in it, with its texts compared in these languages alone."""
        children = [child.in_languages(languages) for child in self.children]
        return replace(self, languages=tuple(languages), children=children)

    def everything(self):
        yield self
        for child in self.children:
            yield from child.everything()


@dataclass(frozen=True)
class Comparison:
    """Two editions beside each other, in the order of the newer one."""

    edition: Pair
    parts: dict[type, list[Pair]]
    modules: list[Pair]

    def pairs(self):
        yield self.edition
        for parts in self.parts.values():
            yield from parts
        for module in self.modules:
            yield from module.everything()

    @cached_property
    def counts(self):
        """How many of each model were added, removed, moved and reworded."""
        counted = {}
        for pair in self.pairs():
            counts = counted.setdefault(pair.model, Counter())
            counts.update(pair.kinds_of_change)
        return counted

    @property
    def has_changes(self):
        return any(pair.has_changed for pair in self.pairs())


def compare(before, after, *, between=(), by_place=False, languages=LANGUAGES):
    """The Comparison of two editions.

    What belongs together is known by its predecessors, through the editions ``between``, the oldest
    first; with ``by_place``, and where an edition names no predecessors at all, by the same text
    or else by the same place. Not by the numbers of a list: a number that moved up because
    something above it was removed counts as moved. Texts are compared in ``languages``.
    """
    steps = [before, *between, after]
    origins = None
    for older, newer in pairwise(steps):
        step = _step(_Index(older), _Index(newer), by_place=by_place)
        origins = step if origins is None else _through(step, origins)
    then, now = _Index(before), _Index(after)
    parts = {model: _parts(before, after, name) for name, model in PARTS.items()}
    return Comparison(
        edition=Pair(Edition, before, after).in_languages(languages),
        parts={
            model: [pair.in_languages(languages) for pair in pairs]
            for model, pairs in parts.items()
        },
        modules=[pair.in_languages(languages) for pair in _modules(then, now, origins)],
    )


def text_of(data, name, language):
    """A text of plain data; "" where there is none."""
    return ((data or {}).get(name) or {}).get(language) or ""


def _text_names(model):
    return [name for name in model.text_fields() if name not in NOT_FOR_READERS]


def _label(model, name):
    return model._meta.get_field(name).verbose_name


# What belongs together ------------------------------------------------------------------


class _Index:
    """An edition's modules, outcomes and criteria by their places, in its order."""

    def __init__(self, edition):
        self.modules = {module["code"]: module for module in edition["modules"]}
        self.outcomes, self.criteria = {}, {}
        for code, module in self.modules.items():
            for outcome in module["outcomes"]:
                place = Place(code, outcome["number"])
                self.outcomes[place] = outcome
                for criterion in outcome["criteria"]:
                    self.criteria[
                        Place(
                            code,
                            outcome["number"],
                            criterion["level"],
                            criterion["number"],
                        )
                    ] = criterion

    @property
    def names_predecessors(self):
        return any(
            thing.get("predecessor")
            for thing in (*self.outcomes.values(), *self.criteria.values())
        )


@dataclass(frozen=True)
class _Origins:
    """For places of the newer edition, the places in the older one that they came from."""

    outcomes: dict
    criteria: dict


def _through(step, earlier):
    return _Origins(
        *(
            {
                place: older[between]
                for place, between in newer.items()
                if between in older
            }
            for newer, older in (
                (step.outcomes, earlier.outcomes),
                (step.criteria, earlier.criteria),
            )
        )
    )


def _step(older, newer, *, by_place):
    if by_place or not newer.names_predecessors:
        return _by_place(older, newer)
    criteria = {
        place: origin
        for place, criterion in newer.criteria.items()
        if (origin := _named(criterion)) in older.criteria
    }
    outcomes = {
        place: origin
        for place, outcome in newer.outcomes.items()
        if (origin := _named(outcome)) in older.outcomes
    }
    for place in newer.outcomes:
        if place not in outcomes:
            came_from = Counter(
                origin.of_outcome
                for criterion, origin in criteria.items()
                if criterion.of_outcome == place
            )
            for origin, _count in came_from.most_common(1):
                if origin not in outcomes.values():
                    outcomes[place] = origin
    return _Origins(outcomes, criteria)


def _named(thing):
    """Where a thing's predecessor stands in its own edition: 2022-05/PCMW/6/2/1 without the first."""
    _edition, *steps = (thing.get("predecessor") or "").split("/")
    if len(steps) < 2:
        return None
    module, *numbers = steps
    return Place(module, *(None if step == "-" else int(step) for step in numbers))


def _by_place(older, newer):
    outcomes = _matched(
        older.outcomes,
        newer.outcomes,
        lambda place, outcome: (place.module, *_wording(outcome, "title")),
        lambda place, outcome: place,
    )
    # Criteria of the newer edition as if they stood in the outcomes that theirs came from.
    places = {
        place: replace(
            place, **_where(outcomes.get(place.of_outcome, Place("", place.outcome)))
        )
        for place in newer.criteria
    }
    originals = {place: newer.criteria[own] for own, place in places.items()}
    criteria = _matched(
        older.criteria,
        originals,
        lambda place, criterion: (place.of_outcome, *_wording(criterion, "text")),
        lambda place, criterion: place,
        lambda place, criterion: _wording(criterion, "text"),
    )
    return _Origins(
        outcomes,
        {own: criteria[place] for own, place in places.items() if place in criteria},
    )


def _where(outcome):
    return {"module": outcome.module, "outcome": outcome.outcome}


def _wording(thing, name):
    return tuple(text_of(thing, name, language) for language in LANGUAGES)


def _matched(older, newer, *keys):
    """Places of ``newer`` with theirs in ``older``, by the first of ``keys`` that is the same."""
    found, left = {}, dict(older)
    for key in keys:
        by_key = {}
        for place, thing in left.items():
            by_key.setdefault(key(place, thing), []).append(place)
        for place, thing in newer.items():
            if place not in found and by_key.get(key(place, thing)):
                found[place] = by_key[key(place, thing)].pop(0)
                del left[found[place]]
    return found


# What became of it ----------------------------------------------------------------------


def _parts(before, after, name):
    then, now = (
        {part["number"]: part for part in edition.get(name) or []}
        for edition in (before, after)
    )
    return [
        Pair(
            PARTS[name],
            then.get(number),
            now.get(number),
            place_before=Place(number=number) if number in then else None,
            place_after=Place(number=number) if number in now else None,
        )
        for number in sorted({*then, *now})
    ]


def _modules(then, now, origins):
    codes = [*now.modules, *(code for code in then.modules if code not in now.modules)]
    order = [code for code in then.modules if code in now.modules]
    order_now = [code for code in now.modules if code in then.modules]
    return [
        Pair(
            Module,
            then.modules.get(code),
            now.modules.get(code),
            place_before=Place(code) if code in then.modules else None,
            place_after=Place(code) if code in now.modules else None,
            is_moved=code in order and order.index(code) != order_now.index(code),
            children=_outcomes(code, then, now, origins),
        )
        for code in codes
    ]


def _outcomes(code, then, now, origins):
    pairs = [
        _outcome(origins.outcomes.get(place), place, then, now, origins)
        for place in now.outcomes
        if place.module == code
    ]
    gone = set(then.outcomes) - set(origins.outcomes.values())
    pairs += [
        _outcome(place, None, then, now, origins)
        for place in then.outcomes
        if place.module == code and place in gone
    ]
    return sorted(pairs, key=lambda pair: (pair.place.outcome, pair.is_removed))


def _outcome(before, after, then, now, origins):
    criteria = [
        Pair(
            Criterion,
            then.criteria[origin] if origin else None,
            criterion,
            place_before=origin,
            place_after=place,
            is_moved=origin is not None
            and (origin.of_outcome, origin.level, origin.number)
            != (before, place.level, place.number),
        )
        for place, criterion in now.criteria.items()
        if place.of_outcome == after
        for origin in [origins.criteria.get(place)]
    ]
    gone = set(then.criteria) - set(origins.criteria.values())
    criteria += [
        Pair(Criterion, criterion, None, place_before=place)
        for place, criterion in then.criteria.items()
        if place.of_outcome == before and place in gone
    ]
    return Pair(
        Outcome,
        then.outcomes.get(before),
        now.outcomes.get(after),
        place_before=before,
        place_after=after,
        is_moved=None not in (before, after) and before != after,
        children=sorted(
            criteria,
            key=lambda pair: (
                pair.place.level or 0,
                pair.place.number,
                pair.is_removed,
            ),
        ),
    )
