"""What became of a thing and of the parts under it, read from the audit. Nothing here writes."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import CASCADE, CharField, Q, TextField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cdf_site.common.word_diff import ADDED, REMOVED, Part, word_diff
from organisations.audit import is_written_whole, written_fields
from organisations.models import AuditEvent

A_PAGE = 20
LANGUAGE_NAMES = {"cy": "Cymraeg", "en": "English"}


@dataclass(frozen=True)
class FieldChange:
    """What one field held before and after, as people read it."""

    label: str
    language: str  # of a bilingual text, or nothing
    before: str
    after: str
    is_text: bool

    @property
    def language_name(self):
        return LANGUAGE_NAMES.get(self.language, "")

    @property
    def parts(self):
        if self.is_text:
            return word_diff(self.before, self.after)
        both = (Part(REMOVED, self.before), Part(ADDED, self.after))
        return [part for part in both if part.text]


@dataclass(frozen=True)
class HistoryRow:
    """One event, and what it changed."""

    event: AuditEvent
    subject: str  # a part under the thing; nothing where it is the thing itself
    changes: list[FieldChange]
    fields: list[str]  # of events that say no more than which fields changed

    @property
    def is_change(self):
        return "before" in self.event.details and "after" in self.event.details

    @property
    def reason(self):
        reason = self.event.details.get("reason", "")
        return reason if isinstance(reason, str) else ""


def named(model, number):
    """What is known by its model and its number alone, in the language of the page."""
    try:
        kind = apps.get_model(model)._meta.verbose_name
    except (LookupError, ValueError):  # none, or of a model that is no more
        kind = model
    return f"{kind} {number}".strip() or "–"


# Which events -----------------------------------------------------------------------------


def parts_of(model):
    """The kinds of parts that go when a thing of ``model`` goes, with the reference to it."""
    return [
        (relation.related_model, relation.field.name)
        for relation in model._meta.related_objects
        if relation.on_delete is CASCADE
        and not relation.related_model._meta.auto_created
        and is_written_whole(relation.related_model)
    ]


def subjects_under(model, number, parts=parts_of):
    """The numbers, by model, of a thing and of all that is or ever was a part under it.

    Two queries for each kind of part, however many there are.
    """
    found = {model: {number}}
    waiting = [(model, {number})]
    while waiting:
        whole, numbers = waiting.pop()
        for part, reference in parts(whole):
            under = _under(part, reference, numbers) - found.setdefault(part, set())
            if under:
                found[part] |= under
                waiting.append((part, under))
    return found


def _under(part, reference, numbers):
    there = part._base_manager.filter(**{f"{reference}__in": numbers})
    # Removed since, or moved elsewhere: then the event says where it was.
    events = AuditEvent.objects.filter(
        Q(**{f"details__before__{reference}__in": list(numbers)})
        | Q(**{f"details__after__{reference}__in": list(numbers)}),
        subject_type=part._meta.label_lower,
    )
    once = events.order_by().values_list("subject_id", flat=True).distinct()
    return {
        *there.values_list("pk", flat=True),
        *map(part._meta.pk.to_python, once),
    }


def events_about(subjects):
    """Events of things given as numbers by model, the newest first."""
    wanted = Q(pk__in=[])
    for model, numbers in subjects.items():
        wanted |= Q(
            subject_type=model._meta.label_lower, subject_id__in=map(str, numbers)
        )
    return AuditEvent.objects.filter(wanted).select_related("by").order_by("-pk")


def history_page(subjects, number, *, of=None):
    """A page of the history of ``subjects``; ``of``, a model and a number, needs no name there."""
    page = Paginator(events_about(subjects), A_PAGE).get_page(number)
    page.object_list = rows(page.object_list, of=of)
    return page


# What they say ----------------------------------------------------------------------------


def rows(events, *, of=None):
    """Events as people read them: a query for each kind of thing that they name."""
    events = list(events)
    names = _names(events)
    return [_row(event, names, of) for event in events]


def _row(event, names, of):
    model = _model(event)
    if of and event.subject_type == of[0]._meta.label_lower:
        is_itself = event.subject_id == str(of[1])
    else:
        is_itself = False
    before = event.details.get("before") or {}
    after = event.details.get("after") or {}
    fields = {field.name: field for field in written_fields(model)} if model else {}
    ordered = [*fields, *({**before, **after}.keys() - fields.keys())]
    changes = [
        field_change(name, fields.get(name), before.get(name), after.get(name), names)
        for name in ordered
        if name in before or name in after
    ]
    only_named = event.details.get("fields") or []
    return HistoryRow(
        event=event,
        subject="" if is_itself else _subject(event, model, names),
        changes=[change for change in changes if change.before or change.after],
        fields=[
            _label(name, fields.get(name))[0]
            for name in only_named
            if isinstance(name, str)
        ],
    )


def _model(event):
    try:
        return apps.get_model(event.subject_type)
    except (LookupError, ValueError):
        return None


def _subject(event, model, names):
    name = event.details.get("name") or names.get((model, event.subject_id))
    if model and name:
        return f"{capfirst(model._meta.verbose_name)}: {name}"
    return capfirst(named(event.subject_type, event.subject_id))


def field_change(name, field, before, after, names):
    """What ``field`` held, called ``name`` then; ``field`` is None where it is no more."""
    label, language = _label(name, field)
    return FieldChange(
        label=label,
        language=language,
        before=shown(field, before, names),
        after=shown(field, after, names),
        is_text=(isinstance(field, CharField | TextField) and not field.choices)
        or isinstance(before, list | dict),
    )


def _label(name, field):
    if field is None:
        return name, ""
    whole = getattr(field, "translated_field", field)
    return capfirst(whole.verbose_name), getattr(field, "language", "")


def shown(field, value, names=None):
    """A value as the audit holds it, in words of the page."""
    if value in (None, "", [], {}):
        return ""
    if field is not None and field.is_relation:
        model = field.related_model
        numbers = value if isinstance(value, list) else [value]
        return "\n".join(
            str((names or {}).get((model, str(number))))
            if (model, str(number)) in (names or {})
            else named(model._meta.label, number)
            for number in numbers
        )
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return "\n".join(_lines(field, value))
    kind = field.get_internal_type() if field is not None else ""
    if kind == "DateTimeField":
        at = timezone.localtime(parse_datetime(value))
        return f"{date_format(at, 'j F Y')}, {date_format(at, 'H:i')}"
    if kind == "DateField":
        return date_format(datetime.date.fromisoformat(value), "j F Y")
    return str(value)


def _lines(field, held):
    """The states of texts, each in a line; whatever else is held by names, likewise."""
    labels = {}
    if field is not None:
        labels = {
            other.name: capfirst(other.verbose_name)
            for other in field.model._meta.fields
        }
    for name, value in held.items():
        label = labels.get(name, name)
        if not isinstance(value, dict):
            yield f"{label}: {value}"
            continue
        for language, state in value.items():
            # What the states of a translation are called stands with its model.
            state = pgettext("translation", str(state))
            yield f"{label} ({LANGUAGE_NAMES.get(language, language)}): {state}"


def names_of(references):
    """What things are called, by model and number, given their numbers by model."""
    names = {}
    for model, numbers in references.items():
        # One step on, since many are called after what they belong to.
        near = [
            field.name
            for field in model._meta.fields
            if field.is_relation and field.many_to_one
        ]
        found = model._base_manager.select_related(*near).filter(pk__in=numbers)
        names.update({(model, str(thing.pk)): str(thing) for thing in found})
    return names


def _names(events):
    references = defaultdict(set)
    for event in events:
        model = _model(event)
        if model is None:
            continue
        if "name" not in event.details and event.subject_id.isdecimal():
            references[model].add(int(event.subject_id))
        for field in written_fields(model):
            if not field.is_relation:
                continue
            for held in (event.details.get("before"), event.details.get("after")):
                value = (held or {}).get(field.name)
                numbers = value if isinstance(value, list) else [value]
                references[field.related_model].update(
                    number for number in numbers if number is not None
                )
    return names_of(
        {model: numbers for model, numbers in references.items() if numbers}
    )


def last_change(thing, name, value):
    """The event by which field ``name`` of ``thing`` came to hold ``value``, or None."""
    events = AuditEvent.objects.filter(
        subject_type=thing._meta.label_lower, subject_id=str(thing.pk)
    ).select_related("by")
    for event in events.order_by("-pk")[:A_PAGE]:
        after = event.details.get("after") or {}
        if name in after:
            return event if after[name] == value else None
        if name in event.details.get("fields", ()):
            return event
    return None


def removal(model, number):
    """The event by which a thing was removed, or None."""
    return (
        AuditEvent.objects.filter(
            subject_type=model._meta.label_lower,
            subject_id=str(number),
            kind=AuditEvent.Kind.REMOVED,
        )
        .select_related("by")
        .order_by("-pk")
        .first()
    )
