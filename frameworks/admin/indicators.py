"""Key indicators, which stay open when their edition is published."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from frameworks.admin.base import SideBySide, path_to
from frameworks.models import Edition, Indicator, Outcome
from organisations.admin_base import AuditedAdmin


@admin.register(Indicator)
class IndicatorAdmin(SideBySide, AuditedAdmin, TranslationAdmin):
    list_display = ("name", "number", "unit", "period", "is_example", "edition")
    list_filter = ("edition", "unit", "period", "is_example")
    list_select_related = ("edition",)
    search_fields = ("name_cy", "name_en", "code")
    ordering = ("edition", "number")
    save_on_top = True
    fields = (
        "edition",
        "number",
        "code",
        "name",
        "description",
        "unit",
        "direction",
        "target",
        "period",
        "source",
        "outcomes",
        "is_example",
    )
    filter_horizontal = ("outcomes",)

    def get_fields(self, request, obj=None):
        # Which outcomes there are depends on the edition, which a new indicator has not yet.
        if obj:
            return self.fields
        return tuple(name for name in self.fields if name != "outcomes")

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        # Addresses, files and figures refer to these.
        return (*fields, "edition", "code", *self._fixed_by_figures(obj))

    def _fixed_by_figures(self, indicator):
        # Numbers that were counted for a month, or as a part of something, stay what they are.
        return ("unit", "period") if indicator.values.exists() else ()

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "edition":
            field.queryset = Edition.objects.exclude(status=Edition.Status.RETIRED)
            field.label_from_instance = path_to
        return field

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "outcomes" in form.base_fields:
            outcomes = form.base_fields["outcomes"]
            outcomes.queryset = (
                Outcome.objects.filter(module__edition=obj.edition_id)
                .select_related("module__edition")
                .order_by("module__number", "number")
            )
            outcomes.label_from_instance = path_to
        return form
