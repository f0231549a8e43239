"""Which fields exist in Welsh and in English."""

from modeltranslation.translator import TranslationOptions, register

from organisations.models import (
    Cluster,
    HealthBoard,
    LocalAuthority,
    PlanningGroup,
    RegionalPartnershipBoard,
)


@register([RegionalPartnershipBoard, LocalAuthority, PlanningGroup, Cluster])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("cy", "en")


@register(HealthBoard)
class HealthBoardOptions(TranslationOptions):
    fields = ("name", "short_name", "local_cluster_name")
    required_languages = {"cy": ("name", "short_name"), "en": ("name", "short_name")}
