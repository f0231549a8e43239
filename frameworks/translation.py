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

# In a draft one language is enough, which ``Translated.clean_fields`` asks for; publishing asks for
# the other.


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
    required_languages = ()


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
    required_languages = ()


@register(Outcome)
class OutcomeOptions(TranslationOptions):
    fields = ("title", "narrative", "note", "editor_note")
    required_languages = ()


@register(Criterion)
class CriterionOptions(TranslationOptions):
    fields = ("text", "editor_note")
    required_languages = ()


@register(EnablingFactor)
class EnablingFactorOptions(TranslationOptions):
    fields = ("title", "text")
    required_languages = ()


@register([WellbeingGoal, QuadrupleAim])
class GoalOptions(TranslationOptions):
    fields = ("title",)
    required_languages = ()


@register(TransformationPrinciple)
class PrincipleOptions(TranslationOptions):
    fields = ("text",)
    required_languages = ()


# What stays open when its edition is published is read at once, so both languages are asked for.


@register(LogicModelEntry)
class LogicModelEntryOptions(TranslationOptions):
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
