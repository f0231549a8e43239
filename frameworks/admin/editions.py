"""Editions: the home of each, and the way from a draft to a published edition."""

from django.contrib import admin
from django.db.models import Count, Prefetch
from django.utils.translation import gettext_lazy

from frameworks.admin.base import DRAFT, EDITOR_NOTE, FrameworkAdmin, FrozenInline
from frameworks.admin.corrections import CorrectionPages
from frameworks.admin.exchange import ExchangePages
from frameworks.admin.publishing import PublishingPages
from frameworks.models import (
    Edition,
    EnablingFactor,
    Outcome,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)


class PartInline(FrozenInline):
    classes = ("collapse",)


class PrincipleInline(PartInline):
    model = TransformationPrinciple
    fields = ("number", "text")


class EnablingFactorInline(PartInline):
    model = EnablingFactor
    fields = ("number", "title", "text")


class WellbeingGoalInline(PartInline):
    model = WellbeingGoal
    fields = ("number", "title")


class QuadrupleAimInline(PartInline):
    model = QuadrupleAim
    fields = ("number", "title")


@admin.register(Edition)
class EditionAdmin(CorrectionPages, ExchangePages, PublishingPages, FrameworkAdmin):
    change_form_template = "admin/frameworks/edition/change_form.html"
    list_display = ("code", "title", "status", "issued")
    list_filter = ("status",)
    search_fields = ("code", "title_cy", "title_en")
    open_fields = (*EDITOR_NOTE, "goal_links_are_suggested")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("code", "issued"),
                    "title",
                    "publisher",
                    "editor_note",
                    "goal_links_are_suggested",
                )
            },
        ),
        (
            gettext_lazy("Source and licence"),
            {
                "classes": ("collapse",),
                "fields": ("source", "licence_note", "unofficial_language"),
            },
        ),
        (
            gettext_lazy("Long texts"),
            {
                "classes": ("collapse",),
                "fields": (
                    "introduction",
                    "context",
                    "principles_introduction",
                    "enabling_factors_introduction",
                    "footnotes",
                ),
            },
        ),
    )
    inlines = (
        PrincipleInline,
        EnablingFactorInline,
        WellbeingGoalInline,
        QuadrupleAimInline,
    )

    def render_change_form(self, request, context, *args, **kwargs):
        if edition := context.get("original"):
            context |= {
                "edition": edition,
                "predecessor": edition.predecessor,
                "is_draft": edition.status == DRAFT,
                "outline": _outline(edition),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _outline(edition):
    """The modules with their outcomes, each with its number of criteria: two queries."""
    outcomes = Outcome.objects.annotate(criteria_count=Count("criteria")).order_by(
        "number"
    )
    return list(
        edition.modules.order_by("number").prefetch_related(
            Prefetch("outcomes", outcomes)
        )
    )
