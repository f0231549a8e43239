"""What is numbered among others: modules in an edition, outcomes in a module.

The number that is typed is the place it shall have; whatever stands there moves on.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from frameworks.admin.base import is_frozen, page_of
from frameworks.services import PARKED, move, put_in_order
from organisations.audit import record_changed, values

HIGHEST_NUMBER = 999
NUMBER_HELP = _("The place it has. What stands there now moves on by one.")


class NumberedForm(forms.ModelForm):
    """A form in which a number that another has is no mistake."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if number := self.fields.get("number"):
            number.min_value = 1
            number.widget.attrs["min"] = 1
            number.validators += forms.IntegerField(
                min_value=1, max_value=HIGHEST_NUMBER
            ).validators
            number.help_text = NUMBER_HELP

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "number"}


class NumberedAdmin(admin.ModelAdmin):
    form = NumberedForm
    parent = ""  # the field in which it is numbered

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        if str(initial.get(self.parent, "")).isdecimal():
            last = self._siblings(initial[self.parent]).aggregate(last=Max("number"))
            initial.setdefault("number", (last["last"] or 0) + 1)
        return initial

    def save_model(self, request, obj, form, change):
        stored = self.model._base_manager.filter(pk=obj.pk).first() if change else None
        place = (getattr(obj, f"{self.parent}_id"), obj.number)
        if stored and place == (getattr(stored, f"{self.parent}_id"), stored.number):
            super().save_model(request, obj, form, change)
            return
        siblings = [
            sibling
            for sibling in self._siblings(place[0]).select_for_update(no_key=True)
            if sibling.pk != obj.pk
        ]
        wished, obj.number = obj.number, 2 * PARKED
        super().save_model(request, obj, form, change)
        siblings.insert(max(0, wished - 1), obj)
        self._renumber(request, siblings, besides=obj)
        if stored and place[0] != getattr(stored, f"{self.parent}_id"):
            left = self._siblings(getattr(stored, f"{self.parent}_id"))
            self._renumber(request, list(left))

    def delete_model(self, request, obj):
        parent = getattr(obj, f"{self.parent}_id")
        super().delete_model(request, obj)
        self._renumber(request, list(self._siblings(parent)))

    def _siblings(self, parent):
        return self.model._base_manager.filter(**{self.parent: parent}).order_by(
            "number"
        )

    def _renumber(self, request, things, besides=None):
        """Number ``things`` in their order; what changed ``besides`` is written down elsewhere."""
        before = {thing.pk: values(thing) for thing in things}
        for thing in put_in_order(things):
            if thing is not besides:
                record_changed(thing, before[thing.pk], by=request.user)

    # Moving by a button -----------------------------------------------------------------

    def get_urls(self):
        meta = self.opts
        return [
            path(
                "<path:object_id>/move/",
                self.admin_site.admin_view(self.move_view),
                name=f"{meta.app_label}_{meta.model_name}_move",
            ),
            *super().get_urls(),
        ]

    def move_view(self, request, object_id):
        """Move it up or down by one place, and go back to what it belongs to."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        parent_page = page_of(getattr(thing, self.parent))
        if request.method == "POST":
            if not self.has_change_permission(request, thing) or is_frozen(thing):
                raise PermissionDenied
            move(
                thing=thing,
                siblings=self._siblings(getattr(thing, f"{self.parent}_id")),
                places=-1 if request.POST.get("move") == "up" else 1,
                by=request.user,
            )
        return redirect(f"{parent_page}#{self.opts.model_name}-{thing.pk}")
