"""An edition of the database in the format: the same bytes for the same content."""

import json
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.functional import cached_property

from cdf_site.common import plain_yaml
from frameworks.exchange import places
from frameworks.exchange.checking import UNOFFICIAL
from frameworks.exchange.reading import JSON, YAML
from frameworks.exchange.shape import EDITION, MODULE, Items, Plain, Text
from frameworks.models import (
    LANGUAGES,
    SETTLED,
    Correction,
    Criterion,
    Edition,
    Erratum,
    Module,
    Outcome,
    TextState,
)
from frameworks.texts import NOT_FOR_READERS


def dump(edition, notation=JSON, *, has_notes=True):
    """``edition`` as the text of a file: the same bytes for the same content.

    ``has_notes=False`` leaves out what administrators note for themselves.
    """
    data = export(edition)
    if not has_notes:
        data = _without_notes(data)
    if notation == YAML:
        return plain_yaml.write(data)
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def export(edition):
    """``edition`` in the format, with its keys in the fixed order.

    As it is stored: what stands in memory, corrected words for example, does not count. A bounded
    number of queries, whatever its size.
    """
    edition = Edition.objects.select_related("predecessor").get(pk=edition.pk)
    return _Writer(edition).object(edition, EDITION)


def _without_notes(value):
    if isinstance(value, dict):
        return {
            key: None if key in NOT_FOR_READERS else _without_notes(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without_notes(item) for item in value]
    return value


def whole(data):
    """``data`` in the format, with what files leave out where it says nothing."""
    return _whole(data, EDITION)


def _whole(data, shape):
    filled = {}
    for key, kind in shape.items():
        if isinstance(kind, Items):
            filled[key] = [_whole(item, kind.of) for item in data.get(key, [])]
        elif isinstance(kind, Plain):
            value = data.get(key, kind.default)
            filled[key] = list(value) if isinstance(value, tuple) else value
        else:
            filled[key] = data.get(key)
    return filled


class _Writer:
    """Writes the things of one edition, each by its shape."""

    def __init__(self, edition):
        self.edition = edition
        self.modules = list(
            edition.modules.order_by("number").prefetch_related(
                "logic_model_entries",
                Prefetch(
                    "outcomes",
                    Outcome.objects.select_related("predecessor__module__edition"),
                ),
                Prefetch(
                    "outcomes__criteria",
                    Criterion.objects.select_related(
                        "predecessor__outcome__module__edition"
                    ),
                ),
                "outcomes__wellbeing_goals",
                "outcomes__quadruple_aims",
                "outcomes__logic_model_entries",
            )
        )

    def object(self, thing, shape):
        written = {}
        for key, kind in shape.items():
            if isinstance(kind, Text):
                written[key] = self.text(thing, key, kind)
            elif isinstance(kind, Items):
                items = self.items(thing, key, kind)
                if items or not kind.left_out_when_empty:
                    written[key] = items
            else:
                value = self.value(thing, key)
                default = [] if kind.default == () else kind.default
                if not kind.left_out or value != default:
                    written[key] = value
        return written

    def text(self, thing, key, kind):
        texts = {
            language: getattr(thing, f"{key}_{language}") or ""
            for language in LANGUAGES
        }
        if not any(texts.values()):
            return None
        if kind.has_state:
            unofficial = self.edition.unofficial_language
            states = {one: thing.text_state(key, one) for one in LANGUAGES}
            # What is not settled counts as what the edition says of its language.
            marked = [
                language
                for language, state in states.items()
                if state == TextState.UNOFFICIAL
                or (state not in SETTLED and language == unofficial)
            ]
            if marked != ([unofficial] if unofficial else []):
                texts[UNOFFICIAL] = marked
        return texts

    def items(self, thing, key, kind):
        found = [self.object(one, kind.of) for one in self.related(thing, key)]
        return sorted(found, key=kind.order)

    def related(self, thing, key):
        match thing:
            case Edition():
                return self.of_edition(key)
            case Correction():
                return sorted(thing.errata.all(), key=lambda one: one.pk)
        name = "logic_model_entries" if key == "logic_model" else key
        # By their numbers in the database where nothing else says the order.
        return sorted(getattr(thing, name).all(), key=lambda one: one.pk)

    def of_edition(self, key):
        match key:
            case "modules":
                return self.modules
            case "principles":
                return self.edition.transformationprinciples.all()
            case "indicators":
                return self.edition.indicators.prefetch_related("outcomes__module")
            case "corrections":
                if not self.edition.corrected_on:
                    return []
                return self.edition.corrections.prefetch_related("errata").order_by(
                    "dated_on", "pk"
                )
        return getattr(self.edition, key.replace("_", "")).all()

    def value(self, thing, key):
        match thing, key:
            case Edition(), "unofficial_language":
                return thing.unofficial_language or None
            case Module(), "highest_level" if not thing.uses_levels:
                return MODULE[key].default
            case Correction(), "dated_on":
                return thing.dated_on.isoformat()
            case Erratum(), "place":
                return self.places[thing.part, thing.part_id]
            case _, "predecessor":
                return predecessor_path(thing)
            case _, "wellbeing_goals" | "quadruple_aims":
                return sorted(one.number for one in getattr(thing, key).all())
            case _, "outcomes":
                return [
                    places.outcome_path(outcome.module.code, outcome.number)
                    for outcome in sorted(
                        thing.outcomes.all(),
                        key=lambda one: (one.module.number, one.number),
                    )
                ]
        value = getattr(thing, key)
        if isinstance(value, Decimal):
            return int(value) if value == int(value) else float(value)
        return value

    @cached_property
    def places(self):
        return places_by_thing(self.edition, self.modules)


def predecessor_path(thing):
    """The predecessor of an edition, an outcome or a criterion as files name it, or None."""
    match thing.predecessor:
        case Edition() as edition:
            return edition.code
        case Outcome(module=module) as outcome:
            path = places.outcome_path(module.code, outcome.number)
            return f"{module.edition.code}/{path}"
        case Criterion(outcome=outcome) as criterion:
            module = outcome.module
            path = places.criterion_path(
                module.code, outcome.number, criterion.level, criterion.number
            )
            return f"{module.edition.code}/{path}"
    return None


def places_by_thing(edition, modules):
    """The place of everything that may be corrected, by the name of its model and its number."""
    found = {("edition", edition.pk): "edition"}
    for key in places.PARTS:
        related = "transformationprinciples" if key == "principles" else key
        for part in getattr(edition, related.replace("_", "")).all():
            found[part._meta.model_name, part.pk] = f"{key}/{part.number}"
    for module in modules:
        found["module", module.pk] = f"modules/{module.code}"
        for outcome in module.outcomes.all():
            path = places.outcome_path(module.code, outcome.number)
            found["outcome", outcome.pk] = f"modules/{path}"
            for criterion in outcome.criteria.all():
                path = places.criterion_path(
                    module.code, outcome.number, criterion.level, criterion.number
                )
                found["criterion", criterion.pk] = f"modules/{path}"
    return found
