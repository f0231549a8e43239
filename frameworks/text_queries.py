"""Questions about texts that need not read a whole edition: some by key, and how many are left."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from frameworks.models import (
    LANGUAGES,
    SETTLED,
    Criterion,
    Edition,
    EnablingFactor,
    Indicator,
    LogicModelEntry,
    Module,
    Outcome,
    QuadrupleAim,
    TextState,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.texts import OPEN_MODELS, texts_of
from organisations.models import AuditEvent

KEY = re.compile(r"([a-z]+)-(\d{1,18})-([a-z_]+)")
# How each model knows its edition.
EDITION_OF = {
    Edition: F("pk"),
    Module: F("edition_id"),
    Outcome: F("module__edition_id"),
    Criterion: F("outcome__module__edition_id"),
    LogicModelEntry: Coalesce(
        F("module__edition_id"), F("outcome__module__edition_id")
    ),
    TransformationPrinciple: F("edition_id"),
    EnablingFactor: F("edition_id"),
    WellbeingGoal: F("edition_id"),
    QuadrupleAim: F("edition_id"),
    Indicator: F("edition_id"),
}
MODELS = {model._meta.model_name: model for model in EDITION_OF}


@dataclass
class Left:
    """How many texts are in each state, by language; texts that nobody wants do not count."""

    counts: dict = field(
        default_factory=lambda: {each: Counter() for each in LANGUAGES}
    )

    def add(self, text):
        for language in LANGUAGES:
            if (state := text.state(language)) is not None:
                self.counts[language][state] += 1

    def total(self, language):
        return self.counts[language].total()

    def done(self, language):
        return sum(self.counts[language][state] for state in SETTLED)

    def left(self, language):
        return self.total(language) - self.done(language)

    @property
    def is_something_left(self):
        return any(self.left(language) for language in LANGUAGES)

    @property
    def by_language(self):
        """For templates: a row for each language."""
        return [
            {
                "language": language,
                "total": self.total(language),
                "done": self.done(language),
                "left": self.left(language),
                "states": [
                    (state.value, self.counts[language][state])
                    for state in TextState
                    if self.counts[language][state]
                ],
            }
            for language in LANGUAGES
        ]


def editable(edition):
    """The models whose texts may still be edited in ``edition``."""
    return tuple(EDITION_OF) if edition.is_draft else OPEN_MODELS


def count(texts):
    found = Left()
    for text in texts:
        found.add(text)
    return found


def left_by_edition(editions):
    """How far the editable texts of each of ``editions`` are: one query a model, however many."""
    found = {edition.pk: Left() for edition in editions}
    for model, way in EDITION_OF.items():
        wanted = [edition.pk for edition in editions if model in editable(edition)]
        if not wanted:
            continue
        things = model.objects.annotate(of_edition=way).filter(of_edition__in=wanted)
        for thing in things:
            for text in texts_of(thing):
                found[thing.of_edition].add(text)
    return found


def find_texts(edition, keys, *, for_update=False):
    """Those of ``keys`` that are texts of ``edition``, as dictionary; a query for each model."""
    asked = {}
    for key in keys:
        if (match := KEY.fullmatch(key)) and match[1] in MODELS:
            asked.setdefault(MODELS[match[1]], set()).add(int(match[2]))
    found = {}
    # Always in this order, so that two people who save do not wait for each other in a ring.
    for model in sorted(asked, key=list(EDITION_OF).index):
        numbers = asked[model]
        things = model.objects.annotate(of_edition=EDITION_OF[model]).filter(
            of_edition=edition.pk, pk__in=numbers
        )
        if for_update:
            # Locked by number alone: the way to the edition may be an outer join.
            locked = model.objects.select_for_update(no_key=True).filter(pk__in=numbers)
            list(locked.order_by("pk").values_list("pk"))
        for thing in things:
            found |= {text.key: text for text in texts_of(thing) if text.key in keys}
    return found


def is_of_another_edition(edition, key):
    """Whether ``key`` names a text of some other edition."""
    match = KEY.fullmatch(key)
    if not match or match[1] not in MODELS:
        return False
    model = MODELS[match[1]]
    things = model.objects.annotate(of_edition=EDITION_OF[model])
    return things.filter(pk=match[2]).exclude(of_edition=edition.pk).exists()


def changes_by_edition(editions, *, without, since):
    """How many things of each edition others than ``without`` changed since: a query a model."""
    found = dict.fromkeys((edition.pk for edition in editions), 0)
    labels = {model._meta.label_lower: model for model in EDITION_OF}
    events = AuditEvent.objects.filter(
        kind=AuditEvent.Kind.CHANGED, subject_type__in=labels
    ).exclude(by=without)
    if since:
        events = events.filter(at__gt=since)
    numbers = {}
    for label, number in events.values_list("subject_type", "subject_id").distinct():
        if number.isdigit():
            numbers.setdefault(labels[label], []).append(int(number))
    for model, keys in numbers.items():
        things = model.objects.filter(pk__in=keys).annotate(
            of_edition=EDITION_OF[model]
        )
        for edition in things.values_list("of_edition", flat=True):
            if edition in found:
                found[edition] += 1
    return found


@dataclass(frozen=True)
class Source:
    """What the other language of a stale text said when the two last agreed, and who changed it."""

    text: str
    changed_at: object
    changed_by: object


def sources_before(texts):
    """For each stale text its Source, by key and language, where the history knows it: one query."""
    stale = [
        (text, language)
        for text in texts
        for language in LANGUAGES
        if text.state(language) == TextState.STALE
    ]
    if not stale:
        return {}
    events = _events_of({text.thing for text, _language in stale})
    found = {}
    for text, language in stale:
        source = _source_before(text, language, events.get(_subject(text.thing), []))
        if source:
            found[text.key, language] = source
    return found


def latest_changes(texts):
    """The newest event that changed each of ``texts``, by key: one query."""
    texts = list(texts)
    events = _events_of({text.thing for text in texts})
    found = {}
    for text in texts:
        fields = {f"{text.field}_{language}" for language in LANGUAGES}
        for event in events.get(_subject(text.thing), []):
            if fields & set(event.details.get("after", {})):
                found[text.key] = event
                break
    return found


def _subject(thing):
    return thing._meta.label_lower, str(thing.pk)


def _events_of(things):
    """The changes of ``things`` that were written down, the newest first, by subject."""
    if not things:
        return {}
    wanted, by_type = Q(), {}
    for thing in things:
        by_type.setdefault(thing._meta.label_lower, []).append(str(thing.pk))
    for label, numbers in by_type.items():
        wanted |= Q(subject_type=label, subject_id__in=numbers)
    events = AuditEvent.objects.filter(wanted, kind=AuditEvent.Kind.CHANGED)
    found = {}
    for event in events.select_related("by").order_by("-at", "-pk"):
        found.setdefault((event.subject_type, event.subject_id), []).append(event)
    return found


def _source_before(text, language, events):
    (other,) = set(LANGUAGES) - {language}
    column = f"{text.field}_{other}"
    found = None
    for event in events:
        before, after = (event.details.get(name) or {} for name in ("before", "after"))
        if not isinstance(before, dict) or not isinstance(after, dict):
            break
        if column in before:
            found = Source(before[column] or "", event.at, event.by)
        was = before.get("text_states", {}).get(text.field, {}).get(language)
        if f"{text.field}_{language}" in before or (
            "text_states" in before and was != TextState.STALE
        ):
            break  # here it became stale
    return found if found and found.text != text.text(other) else None
