"""From a checked file to rows: an edition is loaded whole or not at all."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from frameworks.exchange import places, reading
from frameworks.exchange.checking import UNOFFICIAL, Entry, check_file
from frameworks.exchange.shape import (
    CORRECTION,
    EDITION,
    ERRATUM,
    OPEN_IN_EDITION,
    OPEN_IN_PARTS,
    Plain,
    Text,
)
from frameworks.exchange.writing import export, places_by_thing
from frameworks.models import (
    LANGUAGES,
    Correction,
    Criterion,
    Edition,
    EnablingFactor,
    Erratum,
    Indicator,
    LogicModelEntry,
    Module,
    Outcome,
    QuadrupleAim,
    TextState,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.models.predecessors import fault_of_edition
from organisations.audit import record
from organisations.models import AuditEvent

# What an edition has of its own, by the key in a file; links are to those with the same key.
PARTS = {
    "enabling_factors": EnablingFactor,
    "principles": TransformationPrinciple,
    "wellbeing_goals": WellbeingGoal,
    "quadruple_aims": QuadrupleAim,
}
LINKS = {"wellbeing_goals", "quadruple_aims", "outcomes", "predecessor"}


def load(raw, *, by=None, notation=reading.JSON):
    """Publish the edition in the bytes ``raw``; returns it, and whether it is new.

    An edition that is there already with the same texts and structure stays as it is, with what
    administrators have edited since. Raises Refused, with nothing changed, for a bad file and for
    other content under a code that is there.
    """
    file = check_file(raw, notation)
    with transaction.atomic():
        existing = (
            Edition.objects.select_for_update().filter(code=file.data["code"]).first()
        )
        if existing:
            refuse_other_content(file, existing)
            return existing, False
        edition = create(file, by=by, is_published=True)
        record(
            AuditEvent.Kind.FRAMEWORK_LOADED, by=by, subject=edition, code=edition.code
        )
    return edition, True


# What the database has to say to it -----------------------------------------------------


def refuse_other_content(file, existing):
    """Raise Refused unless what is frozen of ``existing`` is as the file has it."""
    difference = _first_difference(_frozen(export(existing)), _frozen(file.data), ())
    if difference is not None:
        reason = _(
            "an edition with this code is there already with other content; "
            "a published edition never changes, so give the new one a code of its own"
        )
        file.refuse([(difference, reason)])


def check_predecessors(file):
    """Raise Refused unless all predecessors are there; returns what finds them by their paths."""
    found, known = [], _Predecessors(file.data)
    before = file.data.get("predecessor")
    if before:
        if before not in known.editions:
            found.append((("predecessor",), _("there is no edition with this code")))
        elif fault := fault_of_edition(
            file.data["code"], before, known.editions_before.get
        ):
            found.append((("predecessor",), fault))
    for part in _parts_with_predecessors(file.data):
        if part["predecessor"] not in known.parts:
            reason = (
                _("the predecessor is not in that edition")
                if part["predecessor"].split("/", 1)[0] in known.editions
                else _("there is no edition with this code")
            )
            found.append(((*part.path, "predecessor"), reason))
    file.refuse(found)
    return known


def _parts_with_predecessors(data):
    for module in data["modules"]:
        for outcome in module["outcomes"]:
            for part in (outcome, *outcome["criteria"]):
                if "predecessor" in part:
                    yield part


class _Predecessors:
    """The editions that are there, and the parts of those that a file names."""

    def __init__(self, data):
        rows = list(
            Edition.objects.values_list("code", "pk", "predecessor__code").order_by()
        )
        self.editions = {code: pk for code, pk, _before in rows}
        self.editions_before = {code: before for code, _pk, before in rows}
        named = {
            part["predecessor"].split("/", 1)[0]
            for part in _parts_with_predecessors(data)
        }
        self.parts = {}
        if named:
            self._read_parts(named)

    def _read_parts(self, codes):
        for pk, edition, module, number in Outcome.objects.filter(
            module__edition__code__in=codes
        ).values_list("pk", "module__edition__code", "module__code", "number"):
            path = places.outcome_path(module, number)
            self.parts[f"{edition}/{path}"] = pk
        for pk, edition, *where in Criterion.objects.filter(
            outcome__module__edition__code__in=codes
        ).values_list(
            "pk",
            "outcome__module__edition__code",
            "outcome__module__code",
            "outcome__number",
            "level",
            "number",
        ):
            self.parts[f"{edition}/{places.criterion_path(*where)}"] = pk


# Whether it is the same -----------------------------------------------------------------


def _frozen(value):
    """``value`` without what stays editable after publishing."""
    if isinstance(value, dict):
        is_open = OPEN_IN_EDITION if "modules" in value else OPEN_IN_PARTS
        left = {
            key: _frozen(item)
            for key, item in value.items()
            if key not in is_open and key != UNOFFICIAL
        }
        return Entry(left, value.path) if isinstance(value, Entry) else left
    if isinstance(value, list):
        return [_frozen(item) for item in value]
    return value


def _first_difference(old, new, path):
    """The path, in the file of ``new``, of the first difference between two values, or None."""
    path = getattr(new, "path", path)
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = [(key, old.get(key), new.get(key)) for key in {**new, **old}]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [(index, old[index], new[index]) for index in range(len(new))]
    else:
        return None if old == new else path
    for step, one, other in pairs:
        difference = _first_difference(one, other, (*path, step))
        if difference is not None:
            return difference
    return None


# Making the rows ------------------------------------------------------------------------


def create(file, *, by, is_published):
    """Make the rows of the edition in ``file``, published or as a draft; no code may be there twice.

    Of what is published every text counts as checked, of a draft none; what the file calls
    unofficial stays so in both.
    """
    known = check_predecessors(file)
    edition = _Maker(file.data, known, is_published=is_published).make()
    if is_published:
        edition.status = Edition.Status.PUBLISHED
        edition.save(update_fields=["status"])
        _make_corrections(edition, file.data, by=by)
    return edition


class _Maker:
    """Makes the rows of one edition."""

    def __init__(self, data, known, *, is_published):
        self.data, self.known, self.is_published = data, known, is_published

    def make(self):
        # A draft until all of it is there: to a published edition nothing is added.
        edition = Edition.objects.create(
            **self.fields(self.data, EDITION)
            | {
                "unofficial_language": self.data["unofficial_language"] or "",
                "predecessor_id": self.known.editions.get(self.data.get("predecessor")),
            }
        )
        parts = {
            name: {
                item["number"]: model.objects.create(
                    edition=edition, **self.fields(item, EDITION[name].of)
                )
                for item in self.data.get(name, [])
            }
            for name, model in PARTS.items()
        }
        outcomes = {}
        for item in self.data["modules"]:
            shape = EDITION["modules"].of
            module = Module.objects.create(edition=edition, **self.fields(item, shape))
            self.make_logic_model(item, shape, module=module)
            for outcome_item in item["outcomes"]:
                outcome = self.make_outcome(outcome_item, module, parts)
                outcomes[places.outcome_path(module.code, outcome.number)] = outcome
        for item in self.data.get("indicators", []):
            indicator = Indicator.objects.create(
                edition=edition, **self.fields(item, EDITION["indicators"].of)
            )
            indicator.outcomes.set(outcomes[path] for path in item.get("outcomes", []))
        return edition

    def make_outcome(self, item, module, parts):
        shape = EDITION["modules"].of["outcomes"].of
        outcome = Outcome.objects.create(
            module=module,
            predecessor_id=self.known.parts.get(item.get("predecessor")),
            **self.fields(item, shape),
        )
        for name in ("wellbeing_goals", "quadruple_aims"):
            getattr(outcome, name).set(
                parts[name][number] for number in item.get(name, [])
            )
        self.make_logic_model(item, shape, outcome=outcome)
        for criterion in item["criteria"]:
            Criterion.objects.create(
                outcome=outcome,
                predecessor_id=self.known.parts.get(criterion.get("predecessor")),
                **self.fields(criterion, shape["criteria"].of),
            )
        return outcome

    def make_logic_model(self, item, shape, **subject):
        for entry in item.get("logic_model", []):
            LogicModelEntry.objects.create(
                **subject, **self.fields(entry, shape["logic_model"].of)
            )

    def fields(self, data, shape):
        """The model fields that the texts and plain values of ``data`` fill."""
        fields = {"text_states": {}}
        for key, kind in shape.items():
            if isinstance(kind, Text):
                fields |= _texts(key, data[key])
                if data[key] and (states := self.states(data[key])):
                    fields["text_states"][key] = states
            elif isinstance(kind, Plain) and key not in LINKS:
                fields[key] = data.get(key, kind.default)
        return fields

    def states(self, text):
        unofficial = text.get(UNOFFICIAL, [self.data["unofficial_language"]])
        states = {}
        for language in LANGUAGES:
            if language in unofficial:
                states[language] = TextState.UNOFFICIAL.value
            elif self.is_published:
                states[language] = TextState.CHECKED.value
        return states


def _texts(key, text):
    return {
        f"{key}_{language}": text[language] if text else "" for language in LANGUAGES
    }


def _make_corrections(edition, data, *, by):
    """Append the corrections of a file to the edition that was just made from it."""
    if not data.get("corrections"):
        return
    modules = edition.modules.prefetch_related("outcomes__criteria")
    things = {
        place: thing for thing, place in places_by_thing(edition, modules).items()
    }
    wording = _Wording(data)
    for item in data["corrections"]:
        correction = Correction.objects.create(
            edition=edition,
            made_by=by,
            dated_on=datetime.date.fromisoformat(item["dated_on"]),
            makes_official=item.get(
                "makes_official", CORRECTION["makes_official"].default
            ),
            **_texts("reason", item["reason"]),
        )
        for erratum in item["errata"]:
            part, part_id = things[erratum["place"]]
            Erratum.objects.create(
                correction=correction,
                part=part,
                part_id=part_id,
                replaced=wording.replace(erratum),
                **{key: erratum[key] for key in ERRATUM if key != "place"},
            )
    edition.corrected_on = correction.dated_on
    edition.save(update_fields=["corrected_on"])


class _Wording:
    """The wording of each text of a file, correction after correction."""

    def __init__(self, data):
        self.parts = {place: part for place, _shape, part in places.placed(data)}
        self.corrected = {}

    def replace(self, erratum):
        """Take the wording of ``erratum``; returns the one before."""
        key = (erratum["place"], erratum["field"], erratum["language"])
        text = self.parts[erratum["place"]][erratum["field"]]
        before = self.corrected.get(key, text[erratum["language"]] if text else "")
        self.corrected[key] = erratum["text"]
        return before
