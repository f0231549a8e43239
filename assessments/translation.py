"""Which fields exist in Welsh and in English."""

from modeltranslation.translator import TranslationOptions, register

from assessments.models import Cycle, NeedTag


@register(Cycle)
class CycleOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("cy", "en")


@register(NeedTag)
class NeedTagOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("cy", "en")
