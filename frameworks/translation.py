"""Which fields exist in Welsh and in English."""

from modeltranslation.translator import TranslationOptions, register

from frameworks.models import (
    Correction,
    Criterion,
    Edition,
    EnablingFactor,
    Indicator,
    LogicModelEntry,
    Module,
    Outcome,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)


@register(Edition)
class EditionOptions(TranslationOptions):
    fields = (
        "title",
        "publisher",
        "source",
        "licence_note",
        "introduction",
        "context",
        "principles_introduction",
        "enabling_factors_introduction",
        "footnotes",
        "editor_note",
    )
    required_languages = {
        "cy": ("title", "publisher", "source", "licence_note"),
        "en": ("title", "publisher", "source", "licence_note"),
    }


@register(Module)
class ModuleOptions(TranslationOptions):
    fields = (
        "title",
        "abbreviation",
        "introduction",
        "context",
        "framework_introduction",
        "criteria_heading",
        "footnotes",
        "editor_note",
    )
    required_languages = {
        "cy": ("title", "abbreviation", "criteria_heading"),
        "en": ("title", "abbreviation", "criteria_heading"),
    }


@register(Outcome)
class OutcomeOptions(TranslationOptions):
    fields = ("title", "narrative", "note", "editor_note")
    required_languages = {"cy": ("title",), "en": ("title",)}


@register(Criterion)
class CriterionOptions(TranslationOptions):
    fields = ("text", "editor_note")
    required_languages = {"cy": ("text",), "en": ("text",)}


@register(EnablingFactor)
class EnablingFactorOptions(TranslationOptions):
    fields = ("title", "text")
    required_languages = ("cy", "en")


@register([WellbeingGoal, QuadrupleAim])
class GoalOptions(TranslationOptions):
    fields = ("title",)
    required_languages = ("cy", "en")


@register([TransformationPrinciple, LogicModelEntry])
class TextOptions(TranslationOptions):
    fields = ("text",)
    required_languages = ("cy", "en")


@register(Indicator)
class IndicatorOptions(TranslationOptions):
    fields = ("name", "description", "source")
    required_languages = ("cy", "en")


@register(Correction)
class CorrectionOptions(TranslationOptions):
    fields = ("reason",)
    required_languages = ("cy", "en")
