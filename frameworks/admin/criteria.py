"""The criteria of an outcome, on its page: in their order, at the levels that the module has."""

from itertools import chain

from django import forms
from django.contrib import admin
from django.db.models import F
from django.forms.models import BaseInlineFormSet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from cdf_site.common import long_text
from frameworks.admin.base import EDITOR_NOTE, FrozenInline, is_frozen
from frameworks.admin.numbered import HIGHEST_NUMBER
from frameworks.models import Criterion
from frameworks.services import PARKED, arranged, put_in_order

MOVE = "_move"  # the buttons: "up-12", "down-12"
NUMBER_HELP = gettext_lazy(
    "Its place in its level. Leave it empty for the last place; numbers are put right on saving."
)
TEXT_HELP = gettext_lazy(
    "A line that begins with “- ” is a bullet; two spaces before it put it inside the one above."
)


class CriterionForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "number" in self.fields:
            self.fields["number"] = forms.IntegerField(
                label=self.fields["number"].label,
                help_text=NUMBER_HELP,
                required=False,
                min_value=1,
                max_value=HIGHEST_NUMBER,
                widget=self.fields["number"].widget,
            )
        for name in ("text_cy", "text_en"):
            if name in self.fields:
                self.fields[name].help_text = TEXT_HELP

    def _get_validation_exclusions(self):
        # Numbers are put in order when all rows are saved, so none can be taken already.
        return {*super()._get_validation_exclusions(), "number"}

    def _post_clean(self):
        before = self.instance.number
        super()._post_clean()
        if "number" in self.fields:
            self.wished = self.cleaned_data.get("number")
            self.before = None if self.instance._state.adding else before
            if self.wished is None:
                self.instance.number = before or PARKED


class CriteriaFormSet(BaseInlineFormSet):
    """Numbers its rows 1, 2, 3 … within each level, as they were wished for."""

    def save(self, commit=True):
        if not any("number" in form.fields for form in self.forms):
            return super().save(commit)
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms
            and (form.instance.pk or form.has_changed())
        ]
        levels = self._in_order(kept)
        if self._is_in_order(kept, levels):
            return super().save(commit)
        before = {form.instance.pk: form.before for form in kept}
        # Off the numbers that others have or will have, until all are saved.
        rows = self.model._base_manager.filter(**{self.fk.name: self.instance})
        rows.update(number=F("number") + 3 * PARKED)
        for place, row in enumerate(chain.from_iterable(levels)):
            row.number = 2 * PARKED + place
        saved = super().save(commit)
        written = [*self.new_objects, *(row for row, _fields in self.changed_objects)]
        for rows in levels:
            put_in_order(rows)
            self.changed_objects += [
                (row, ["number"])
                for row in rows
                if row not in written and before[row.pk] != row.number
            ]
        return saved

    def _is_in_order(self, forms, levels):
        """Whether each row has the number already that its place gives it."""
        stays = {
            form.instance: form.before
            for form in forms
            if form.before and "level" not in form.changed_data
        }
        return all(
            row.pk and stays.get(row) == number
            for rows in levels
            for number, row in enumerate(rows, start=1)
        )

    def _in_order(self, forms):
        """The rows of each level, in the order that was wished for, and by a button."""
        levels = {}
        for form in forms:
            moved_level = "level" in form.changed_data
            before = None if moved_level else form.before
            wish = (form.instance, before, form.wished)
            levels.setdefault(form.instance.level, []).append(wish)
        ordered = [arranged(wishes) for wishes in levels.values()]
        way, _dash, number = self.data.get(MOVE, "").partition("-")
        for rows in ordered:
            numbers = [str(row.pk) for row in rows]
            if number in numbers:
                at = numbers.index(number)
                row = rows.pop(at)
                rows.insert(max(0, at + (-1 if way == "up" else 1)), row)
        return ordered


class CriterionInline(FrozenInline):
    model = Criterion
    form = CriterionForm
    formset = CriteriaFormSet
    open_fields = EDITOR_NOTE
    fields = (("level", "number", "move"), "text", "as_shown", "editor_note")
    readonly_fields = ("move", "as_shown")
    ordering = (F("level").asc(nulls_last=True), "number")

    def get_fields(self, request, obj=None):
        place = ["level", "number"]
        if obj and not obj.module.uses_levels:
            place.remove("level")
        if not is_frozen(obj):
            place.append("move")
        return (tuple(place), *self.fields[1:])

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if obj and "level" in formset.form.base_fields:
            formset.form.base_fields["level"].choices = [
                ("", "–"),
                *(
                    (level.value, f"{level.value} {level.label}")
                    for level in obj.module.levels
                ),
            ]
        return formset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name.startswith("editor_note"):
            field.widget.attrs["rows"] = 2
        elif db_field.name.startswith("text"):
            field.widget.attrs["rows"] = 5
        return field

    @admin.display(description=gettext_lazy("Move"))
    def move(self, criterion):
        if not criterion.pk:
            return "–"
        return render_to_string(
            "admin/frameworks/outcome/_move.html",
            {"name": MOVE, "criterion": criterion},
        )

    @admin.display(description=gettext_lazy("How it is shown"))
    def as_shown(self, criterion):
        texts = [
            (language, criterion.text_in("text", language)) for language in ("cy", "en")
        ]
        has_bullets = any(
            isinstance(block, long_text.BulletList)
            for _language, text in texts
            for block in long_text.parse(text)
        )
        if not has_bullets:
            return "–"
        return render_to_string(
            "admin/frameworks/outcome/_as_shown.html", {"texts": texts}
        )
