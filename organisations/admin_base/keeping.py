"""Two administrators at one thing: what either wrote is kept, and nothing is overwritten unseen.

A page carries a mark of each value it was drawn with. From the marks, what is stored and what was
sent, a form tells what its person changed, and what somebody else changed meanwhile.
"""

import hashlib
import json
from functools import cache

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.forms.models import BaseInlineFormSet
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from organisations.admin_base.history import (
    field_change,
    last_change,
    names_of,
    removal,
)
from organisations.audit import plain, values, written_fields

SEEN = "_seen"


def mark(value):
    """A short mark of a value; a missing text has the mark of an empty one."""
    text = json.dumps("" if value is None else value, sort_keys=True, default=str)
    return hashlib.sha256(text.replace(r"\r\n", r"\n").encode()).hexdigest()[:12]


class KeepsBoth(forms.ModelForm):
    """A form that writes no field over what somebody else has written since it was drawn.

    What its person did not touch stays as it is stored. Where both changed a field, the form is
    refused once, with the other's text beside it; sent again, it is saved.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = {
            field.name: field
            for field in written_fields(self._meta.model)
            if field.name in self.fields
        }
        self.conflicts = set()
        self.shows_all = False  # whether the person is shown all as it is stored now
        self.stored = {} if self.instance._state.adding else self._stored()

    def _stored(self):
        chosen = {
            name: sorted(thing.pk for thing in self.initial[name])
            for name, field in self.kept.items()
            if field.many_to_many and name in self.initial
        }
        # A page that is only drawn needs the marks of its own fields.
        fields = None if self.is_bound else self.kept.values()
        return values(self.instance, fields=fields, known=chosen)

    @cached_property
    def seen(self):
        """The marks of the page that was sent, by the names of fields."""
        try:
            seen = json.loads(self.data.get(self.add_prefix(SEEN)) or "{}")
        except (ValueError, RecursionError):
            return {}
        if not isinstance(seen, dict):
            return {}
        return {name: value for name, value in seen.items() if name in self.kept}

    @property
    def marks(self):
        """What a page carries: the name of its field, and the marks."""
        now = {name: mark(self.stored[name]) for name in self.kept if self.stored}
        if self.is_bound and not self.shows_all:
            # What was not shown as it is now was not seen.
            now |= {
                name: value
                for name, value in self.seen.items()
                if name not in self.conflicts
            }
        return self.add_prefix(SEEN), json.dumps(now)

    def mine(self, name):
        """What was sent for a field, as the audit would hold it; as it came where it is refused."""
        field, sent = self.kept[name], self[name].data
        if name in getattr(self, "cleaned_data", {}):
            value = self.cleaned_data[name]
        else:
            try:
                value = self.fields[name].clean(sent)
            except ValidationError:
                return _as_numbers(sent) if field.is_relation else sent
        if field.many_to_many:
            return sorted(thing.pk for thing in value)
        if field.is_relation:
            return value.pk if value else None
        return plain(field, value)

    def is_touched(self, name):
        """Whether the person changed a field of the page they were given."""
        return self.seen[name] not in {mark(self[name].data), mark(self.mine(name))}

    def is_changed_by_others(self, name):
        return self.seen[name] != mark(self.stored[name])

    def has_changed_meanwhile(self):
        return any(map(self.is_changed_by_others, self.seen))

    def _clean_fields(self):
        super()._clean_fields()
        if not self.stored:
            return
        for name in self.seen:
            if mark(self.mine(name)) == mark(self.stored[name]):
                continue
            if not self.is_touched(name):
                if name in self.cleaned_data or self.is_changed_by_others(name):
                    self._leave(name)
            elif self.is_changed_by_others(name):
                both = self._both(name)
                self.conflicts.add(name)
                self.add_error(name, both)

    def _update_errors(self, errors):
        """What is wrong with a field that this page only shows is said above all fields."""
        if hasattr(errors, "error_dict"):
            said = {}
            for name, wrong in errors.error_dict.items():
                place = name if name in self.fields else NON_FIELD_ERRORS
                said.setdefault(place, []).extend(wrong)
            errors = ValidationError(said)
        super()._update_errors(errors)

    def _leave(self, name):
        """Keep a field as it is stored, whatever an old page says of it."""
        stored = getattr(self.instance, name)
        self.cleaned_data[name] = (
            stored.all() if self.kept[name].many_to_many else stored
        )
        self._errors.pop(name, None)

    def _both(self, name):
        field, theirs, mine = self.kept[name], self.stored[name], self.mine(name)
        names = {}
        if field.is_relation:
            numbers = {*_listed(theirs), *_listed(mine)} - {None, ""}
            names = names_of({field.related_model: numbers})
        return render_to_string(
            "admin/_changed_meanwhile.html",
            {
                "change": field_change(name, field, theirs, mine, names),
                "event": last_change(self.instance, name, theirs),
            },
        )


def _listed(value):
    return value if isinstance(value, list) else [value]


def _as_numbers(sent):
    """Chosen numbers as the audit holds them, where what was sent can be read so."""
    if isinstance(sent, list):
        return sorted(int(one) for one in sent if str(one).isdecimal())
    return int(sent) if str(sent).isdecimal() else sent


class KeepsRows(BaseInlineFormSet):
    """Rows that keep what was typed into one that somebody else has removed meanwhile.

    It becomes a new row, and the page is refused once, so that its person may add it or let it go.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.removed_by_others = []
        if self.is_bound and not self.save_as_new and self.instance.pk:
            if connection.in_atomic_block:
                # Whoever else saves one of these rows, on its own page, is waited for.
                rows = self.model._base_manager.filter(**{self.fk.name: self.instance})
                rows = rows.order_by("pk").select_for_update(no_key=True)
                list(rows.values_list("pk"))
            self._make_removed_rows_new()

    def _make_removed_rows_new(self):
        try:
            initial, total = (
                int(self.data[f"{self.prefix}-{name}_FORMS"])
                for name in ("INITIAL", "TOTAL")
            )
        except (KeyError, ValueError):
            return  # the management form says so itself
        total = min(total, self.absolute_max)
        key = self.model._meta.pk.name
        there = {str(row.pk) for row in self.get_queryset()}
        sent = [self._sent(number) for number in range(total)]
        stay, typed = [], []
        for number, row in enumerate(sent[:initial]):
            if key not in row or row[key][0] in there:
                stay.append(row)
            elif "DELETE" not in row and self._is_touched(number):
                self.removed_by_others.append(removal(self.model, row[key][0]))
                typed.append(
                    {k: value for k, value in row.items() if k not in {key, SEEN}}
                )
        if len(stay) == min(initial, total):
            return
        data = self.data.copy()
        for name in self.data:
            if name.startswith(f"{self.prefix}-") and not name.endswith("_FORMS"):
                del data[name]
        lines = [*stay, *typed, *sent[initial:]]
        for number, row in enumerate(lines):
            for name, value in row.items():
                data.setlist(f"{self.add_prefix(number)}-{name}", value)
        data[f"{self.prefix}-INITIAL_FORMS"] = str(len(stay))
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(lines))
        self.data = data

    def _sent(self, number):
        prefix = f"{self.add_prefix(number)}-"
        return {
            name.removeprefix(prefix): self.data.getlist(name)
            for name in self.data
            if name.startswith(prefix)
        }

    def _is_touched(self, number):
        form = self.form(
            self.data,
            prefix=self.add_prefix(number),
            instance=self.model(**{self.fk.attname: self.instance.pk}),
            **self.get_form_kwargs(number),
        )
        return any(map(form.is_touched, form.seen))

    def clean(self):
        super().clean()
        errors = [
            render_to_string("admin/_removed_meanwhile.html", {"event": event})
            for event in self.removed_by_others
        ]
        for form in self.initial_forms:
            if self._should_delete_form(form) and form.has_changed_meanwhile():
                form.shows_all = True
                errors.append(
                    _(
                        "Somebody else changed this row while you were editing, so it was not "
                        "removed: %(row)s. Read it again, and choose to remove it once more."
                    )
                    % {"row": form.instance}
                )
        if errors:
            raise ValidationError(errors)


@cache
def keeping_both(form):
    """A form class as it is, and one that keeps both texts."""
    if issubclass(form, KeepsBoth):
        return form
    return type(form.__name__, (KeepsBoth, form), {})


@cache
def keeping_rows(formset):
    """A class of rows as it is, and one that keeps what was typed into removed ones."""
    if issubclass(formset, KeepsRows):
        return formset
    return type(formset.__name__, (KeepsRows, formset), {})
