"""Modules, and their outcomes with the criteria, each on one page."""

from types import MappingProxyType

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.shortcuts import redirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frameworks.admin.base import (
    DRAFT,
    EDITOR_NOTE,
    WORDS_IN_A_LIST,
    FrameworkAdmin,
    edition_of,
    is_frozen,
    page_of,
    path_to,
)
from frameworks.admin.criteria import MOVE, CriterionInline
from frameworks.admin.numbered import NumberedAdmin, NumberedForm
from frameworks.models import (
    Criterion,
    Module,
    Outcome,
    QuadrupleAim,
    WellbeingGoal,
)
from frameworks.selectors import outcomes_with_counts

PREDECESSOR_HELP = gettext_lazy(
    "What it was in the edition before. Answers of the last cycle are shown beside it."
)


ABBREVIATION_HELP = gettext_lazy("The short name, for tables and lists: PCMW.")
CRITERIA_HEADING_HELP = gettext_lazy("It stands above the criteria of each outcome.")


class ModuleForm(NumberedForm):
    def clean_highest_level(self):
        highest = self.cleaned_data["highest_level"]
        used = (
            Criterion.objects.filter(outcome__module=self.instance.pk)
            .aggregate(Max("level"))
            .get("level__max")
        )
        if used and highest < used:
            raise ValidationError(
                _(
                    "This module has criteria at a higher level. Change or remove them first."
                )
            )
        return highest


@admin.register(Module)
class ModuleAdmin(NumberedAdmin, FrameworkAdmin):
    form = ModuleForm
    change_form_template = "admin/frameworks/module/change_form.html"
    list_display = ("title", "number", "uses_levels", "edition")
    list_filter = ("edition",)
    list_select_related = ("edition",)
    search_fields = ("code", "title_cy", "title_en")
    ordering = ("edition", "number")
    open_fields = (*EDITOR_NOTE, "has_one_logic_model")
    help_texts = MappingProxyType(
        {
            "code": gettext_lazy(
                "It stands in addresses. Letters, figures and hyphens, for example PCMW."
            ),
            "abbreviation_cy": ABBREVIATION_HELP,
            "abbreviation_en": ABBREVIATION_HELP,
            "criteria_heading_cy": CRITERIA_HEADING_HELP,
            "criteria_heading_en": CRITERIA_HEADING_HELP,
            "uses_levels": gettext_lazy(
                "Each criterion then belongs to a maturity level. Otherwise all criteria "
                "of an outcome stand in one list."
            ),
            "highest_level": gettext_lazy(
                "It counts only for a module with maturity levels."
            ),
            "has_one_logic_model": gettext_lazy(
                "Otherwise each outcome has its own logic model."
            ),
        }
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("edition", "number", "code"),
                    "title",
                    "abbreviation",
                    "criteria_heading",
                    ("uses_levels", "highest_level"),
                    "has_one_logic_model",
                    "editor_note",
                )
            },
        ),
        (
            gettext_lazy("Long texts"),
            {
                "classes": ("collapse",),
                "fields": (
                    "introduction",
                    "context",
                    "framework_introduction",
                    "footnotes",
                ),
            },
        ),
    )
    parent = "edition"

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        # Criteria have levels or have none: the module may not change its mind under them.
        if obj and Criterion.objects.filter(outcome__module=obj).exists():
            fields = (*fields, "uses_levels")
        if obj:  # a module stays in its edition
            fields = (*fields, "edition")
        return tuple(dict.fromkeys(fields))

    def render_change_form(self, request, context, *args, **kwargs):
        if module := context.get("original"):
            context |= {
                "edition": module.edition,
                "is_frozen": is_frozen(module),
                "outcomes": list(outcomes_with_counts(module)),
            }
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Outcome)
class OutcomeAdmin(NumberedAdmin, FrameworkAdmin):
    change_form_template = "admin/frameworks/outcome/change_form.html"
    list_display = ("title", "number", "module")
    list_display_links = ("title",)
    list_filter = ("module__edition", "module")
    list_select_related = ("module",)
    search_fields = ("title_cy", "title_en")
    ordering = ("module__edition", "module__number", "number")
    fields = (
        ("module", "number"),
        "title",
        "narrative",
        "note",
        "wellbeing_goals",
        "quadruple_aims",
        "predecessor",
        "editor_note",
    )
    open_fields = ("wellbeing_goals", "quadruple_aims", *EDITOR_NOTE)
    inlines = (CriterionInline,)
    parent = "module"

    def get_fields(self, request, obj=None):
        # Which goals there are depends on the edition, which a new outcome does not have yet.
        if obj:
            return self.fields
        of_an_edition = ("wellbeing_goals", "quadruple_aims", "predecessor")
        return tuple(name for name in self.fields if name not in of_an_edition)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if obj is None:
            return form
        edition = edition_of(obj)
        fields = form.base_fields
        if "module" in fields:
            fields["module"].queryset = fields["module"].queryset.filter(
                edition=edition
            )
        for name, model in (
            ("wellbeing_goals", WellbeingGoal),
            ("quadruple_aims", QuadrupleAim),
        ):
            if name in fields:
                fields[name].queryset = model.objects.filter(edition=edition)
        if "predecessor" in fields:
            _offer(
                fields["predecessor"],
                Outcome.objects.select_related("module__edition").order_by(
                    "module__edition", "module__number", "number"
                ),
                "module__edition",
                obj,
            )
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.help_text = ""
        return field

    def render_change_form(self, request, context, *args, **kwargs):
        if outcome := context.get("original"):
            edition = edition_of(outcome)
            context |= {
                "edition": edition,
                "module": outcome.module,
                "section": f"outcome-{outcome.pk}",  # of frameworks.texts
                "is_frozen": is_frozen(outcome),
                **_neighbours(outcome),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request, obj):
        way, _dash, number = request.POST.get(MOVE, "").partition("-")
        if not way:
            return super().response_change(request, obj)
        rows = obj.criteria.order_by(F("level").asc(nulls_last=True), "number")
        numbers = [str(row.pk) for row in rows]
        anchor = f"#criteria-{numbers.index(number)}" if number in numbers else ""
        return redirect(f"{page_of(obj)}{anchor}")


def _neighbours(outcome):
    """The outcomes before and after it in its module."""
    others = outcome.module.outcomes
    return {
        "previous": others.filter(number__lt=outcome.number)
        .order_by("-number")
        .first(),
        "following": others.filter(number__gt=outcome.number)
        .order_by("number")
        .first(),
    }


def _offer(field, things, way, thing):
    """Offer as predecessors what was published, and the one that ``thing`` has."""
    published = things.exclude(**{f"{way}__status": DRAFT})
    field.queryset = published | things.filter(pk=thing.predecessor_id)
    field.label_from_instance = path_to
    field.help_text = PREDECESSOR_HELP


@admin.register(Criterion)
class CriterionAdmin(FrameworkAdmin):
    """For finding one, and for its predecessor: its place is changed on its outcome's page."""

    list_display = ("short_text", "level", "number", "outcome")
    list_filter = ("level", "outcome__module")
    list_select_related = ("outcome",)
    search_fields = ("text_cy", "text_en")
    ordering = (
        "outcome__module__edition",
        "outcome__module__number",
        "outcome__number",
        F("level").asc(nulls_last=True),
        "number",
    )
    fields = (("outcome", "level", "number"), "text", "editor_note", "predecessor")
    readonly_fields = ("outcome", "level", "number")

    def has_add_permission(self, request):
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "predecessor" in form.base_fields:
            _offer(
                form.base_fields["predecessor"],
                Criterion.objects.select_related("outcome__module__edition").order_by(
                    "outcome__module__edition",
                    "outcome__module__number",
                    "outcome__number",
                    F("level").asc(nulls_last=True),
                    "number",
                ),
                "outcome__module__edition",
                obj,
            )
        return form

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, criterion):
        return Truncator(criterion.shown("text")).words(WORDS_IN_A_LIST)
