"""Logic models, which stay open when their edition is published."""

from types import MappingProxyType

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from frameworks.admin.base import WORDS_IN_A_LIST, SideBySide, path_to
from frameworks.models import LogicModelEntry, Module, Outcome
from organisations.admin_base import AuditedAdmin


class LogicModelEntryForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        module, outcome = cleaned.get("module"), cleaned.get("outcome")
        if bool(module) == bool(outcome):
            self.add_error(
                "outcome", _("Choose an outcome, or a module, but not both.")
            )
        elif cleaned.get("level") and not (module or outcome.module).uses_levels:
            self.add_error("level", _("This module has no maturity levels."))
        return cleaned


@admin.register(LogicModelEntry)
class LogicModelEntryAdmin(SideBySide, AuditedAdmin, TranslationAdmin):
    form = LogicModelEntryForm
    list_display = ("short_text", "kind", "level", "number", "outcome", "module")
    list_filter = ("kind", "level", "outcome__module", "module")
    list_select_related = ("module", "outcome")
    search_fields = ("text_cy", "text_en")
    fields = ("outcome", "module", "kind", "level", "number", "text")
    help_texts = MappingProxyType(
        {
            "outcome": gettext_lazy(
                "Choose an outcome, or else a module that has one logic model for all outcomes."
            ),
            "level": gettext_lazy("Leave it empty where the entry is of no level."),
            "number": gettext_lazy("Its place among the entries of its kind."),
        }
    )

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, entry):
        return Truncator(entry.shown("text")).words(WORDS_IN_A_LIST)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Outcomes and modules have pages of their own, to which the outline leads.
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "outcome":
            kwargs["queryset"] = Outcome.objects.select_related(
                "module__edition"
            ).order_by("module__edition", "module__number", "number")
        elif db_field.name == "module":
            kwargs["queryset"] = Module.objects.select_related("edition").order_by(
                "edition", "number"
            )
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.label_from_instance = path_to
        return field
