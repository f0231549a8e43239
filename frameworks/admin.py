"""Django admin for the framework: drafts are edited here, published editions keep their words.

Of an edition that was published, only what is not the publication's own stays open: the editor's
notes, the links to well-being goals, and the logic models.
"""

from django import forms
from django.contrib import admin, messages
from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationStackedInline

from frameworks.exchange import Refused
from frameworks.models import (
    Criterion,
    Edition,
    EnablingFactor,
    LogicModelEntry,
    Module,
    Outcome,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.services import NotNow, publish, retire
from organisations.admin_base import BilingualAdmin

DRAFT = Edition.Status.DRAFT
MOST_PROBLEMS = 20  # shown at once when an edition is not complete
WORDS_IN_A_LIST = 14
WORDS_IN_A_CHOICE = 6
EDITOR_NOTE = ("editor_note_cy", "editor_note_en")


def edition_of(thing):
    """The edition that an object of the framework belongs to."""
    match thing:
        case Edition():
            return thing
        case Outcome():
            return thing.module.edition
        case Criterion():
            return thing.outcome.module.edition
        case _:
            return thing.edition


def is_frozen(thing):
    return thing is not None and edition_of(thing).status != DRAFT


class FrozenOncePublished:
    """For an admin and an inline: nothing but ``open_fields`` changes after publishing.

    ``obj`` is the thing itself, or what the lines of an inline belong to.
    """

    open_fields = ()

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        if not is_frozen(obj):
            return fields
        named = self.replace_orig_field(self.fields)
        return tuple(name for name in named if name not in self.open_fields)

    def has_delete_permission(self, request, obj=None):
        return not is_frozen(obj) and super().has_delete_permission(request, obj)


class FrozenInline(FrozenOncePublished, TranslationStackedInline):
    extra = 0

    def has_add_permission(self, request, obj=None):
        return not is_frozen(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        is_open = bool(self.open_fields) or not is_frozen(obj)
        return is_open and super().has_change_permission(request, obj)


class FrameworkAdmin(FrozenOncePublished, BilingualAdmin):
    save_on_top = True
    open_fields = EDITOR_NOTE

    def get_inlines(self, request, obj):
        # The lines are checked against what they belong to, so that is saved first.
        return super().get_inlines(request, obj) if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer what can still be added to, each with the edition it belongs to."""
        choices = {
            "edition": Edition.objects.filter(status=DRAFT),
            "module": Module.objects.filter(edition__status=DRAFT)
            .select_related("edition")
            .order_by("edition", "number"),
            "outcome": Outcome.objects.filter(module__edition__status=DRAFT)
            .select_related("module__edition")
            .order_by("module__edition", "module__number", "number"),
            "predecessor": Criterion.objects.exclude(
                outcome__module__edition__status=DRAFT
            )
            .select_related("outcome__module__edition")
            .order_by(
                "outcome__module__edition",
                "outcome__module__number",
                "outcome__number",
                F("level").asc(nulls_last=True),
                "number",
            ),
        }
        if db_field.name in choices:
            kwargs.setdefault("queryset", choices[db_field.name])
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in choices:
            field.label_from_instance = path_to
        return field


def path_to(thing):
    """Where something stands in the framework, for a list to choose from."""
    match thing:
        case Edition():
            return f"{thing.code}: {thing}"
        case Module():
            return f"{thing.edition.code} › {thing.abbreviation}"
        case Outcome():
            return f"{path_to(thing.module)} › {thing}"
        case Criterion():
            way = f"{path_to(thing.outcome.module)} › {thing.outcome.number}"
            text = Truncator(thing.text).words(WORDS_IN_A_CHOICE)
            return f"{way} › {thing.level or '–'}.{thing.number} {text}"


# An edition and what stands in it ---------------------------------------------------------


class PrincipleInline(FrozenInline):
    model = TransformationPrinciple
    fields = ("number", "text")


class EnablingFactorInline(FrozenInline):
    model = EnablingFactor
    fields = ("number", "title", "text")


class WellbeingGoalInline(FrozenInline):
    model = WellbeingGoal
    fields = ("number", "title")


@admin.register(Edition)
class EditionAdmin(FrameworkAdmin):
    list_display = ("code", "title", "status", "issued")
    list_filter = ("status",)
    search_fields = ("code", "title_cy", "title_en")
    fields = (
        "code",
        "status",
        "title",
        "publisher",
        "issued",
        "source",
        "licence_note",
        "unofficial_language",
        "introduction",
        "context",
        "principles_introduction",
        "enabling_factors_introduction",
        "footnotes",
        "editor_note",
    )
    readonly_fields = ("status",)
    inlines = (PrincipleInline, EnablingFactorInline, WellbeingGoalInline)
    actions = ("publish", "retire")

    @admin.action(
        permissions=["change"], description=gettext_lazy("Publish the edition")
    )
    def publish(self, request, queryset):
        if "confirmed" not in request.POST:
            return self.ask(
                request,
                queryset,
                "publish",
                _("Publish the edition"),
                _(
                    "Everybody can then read it, and its texts, levels, numbers and structure "
                    "can no longer be changed."
                ),
            )
        for edition in queryset:
            try:
                publish(edition=edition, by=request.user)
            except NotNow:
                self.say(request, edition, _("it is published already."))
            except Refused as refused:
                self.say(request, edition, _("it is not complete, and stays a draft."))
                for problem in refused.problems[:MOST_PROBLEMS]:
                    self.say(request, problem.place, problem.reason, messages.ERROR)
            else:
                self.say(request, edition, _("it is published."), messages.SUCCESS)
        return None

    @admin.action(
        permissions=["change"], description=gettext_lazy("Take the edition out of use")
    )
    def retire(self, request, queryset):
        if "confirmed" not in request.POST:
            return self.ask(
                request,
                queryset,
                "retire",
                _("Take the edition out of use"),
                _("It stays readable, and can be published again."),
            )
        for edition in queryset:
            try:
                retire(edition=edition, by=request.user)
            except NotNow:
                self.say(request, edition, _("it is not published."))
            else:
                self.say(request, edition, _("it is out of use."), messages.SUCCESS)
        return None


# Modules, outcomes and criteria -----------------------------------------------------------


@admin.register(Module)
class ModuleAdmin(FrameworkAdmin):
    list_display = ("title", "number", "uses_levels", "edition")
    list_filter = ("edition",)
    list_select_related = ("edition",)
    search_fields = ("code", "title_cy", "title_en")
    ordering = ("edition", "number")
    fields = (
        "edition",
        "number",
        "code",
        "uses_levels",
        "title",
        "abbreviation",
        "introduction",
        "context",
        "framework_introduction",
        "criteria_heading",
        "footnotes",
        "editor_note",
    )

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        # Criteria have levels or have none: the module may not change its mind under them.
        if obj and Criterion.objects.filter(outcome__module=obj).exists():
            fields = (*fields, "uses_levels")
        return tuple(dict.fromkeys(fields))


class CriterionInline(FrozenInline):
    model = Criterion
    open_fields = EDITOR_NOTE
    fields = ("level", "number", "text", "editor_note")
    ordering = (F("level").asc(nulls_last=True), "number")


@admin.register(Outcome)
class OutcomeAdmin(FrameworkAdmin):
    list_display = ("title", "number", "module")
    list_display_links = ("title",)
    list_filter = ("module__edition", "module")
    list_select_related = ("module",)
    search_fields = ("title_cy", "title_en")
    ordering = ("module__edition", "module__number", "number")
    fields = (
        "module",
        "number",
        "title",
        "narrative",
        "note",
        "wellbeing_goals",
        "editor_note",
    )
    open_fields = ("wellbeing_goals", *EDITOR_NOTE)
    filter_horizontal = ("wellbeing_goals",)
    inlines = (CriterionInline,)

    def get_fields(self, request, obj=None):
        # Which goals there are depends on the edition, which a new outcome does not have yet.
        if obj:
            return self.fields
        return tuple(name for name in self.fields if name != "wellbeing_goals")

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "wellbeing_goals" in form.base_fields:
            form.base_fields["wellbeing_goals"].queryset = WellbeingGoal.objects.filter(
                edition=edition_of(obj)
            )
        return form


@admin.register(Criterion)
class CriterionAdmin(FrameworkAdmin):
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
    fields = ("outcome", "level", "number", "text", "editor_note", "predecessor")

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, criterion):
        return Truncator(criterion.text).words(WORDS_IN_A_LIST)


# Logic models -----------------------------------------------------------------------------


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
class LogicModelEntryAdmin(BilingualAdmin):
    form = LogicModelEntryForm
    list_display = ("short_text", "kind", "level", "number", "outcome", "module")
    list_filter = ("kind", "level", "outcome__module", "module")
    list_select_related = ("module", "outcome")
    search_fields = ("text_cy", "text_en")
    fields = ("outcome", "module", "kind", "level", "number", "text")

    @admin.display(description=gettext_lazy("text"))
    def short_text(self, entry):
        return Truncator(entry.text).words(WORDS_IN_A_LIST)

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
