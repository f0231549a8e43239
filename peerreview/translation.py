"""Which fields exist in Welsh and in English."""

from modeltranslation.translator import TranslationOptions, register

from peerreview.models import ReviewRound


@register(ReviewRound)
class ReviewRoundOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("cy", "en")
