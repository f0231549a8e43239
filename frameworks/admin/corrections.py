"""The pages on which the wording of a published edition is corrected: text by text, with a preview."""

from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cdf_site.common.word_diff import word_diff
from frameworks.admin.base import page_of
from frameworks.correcting import (
    CorrectedMeanwhile,
    CorrectionRefused,
    correct,
    frozen_sections,
    frozen_texts,
)
from frameworks.models import LANGUAGES, Correction
from frameworks.text_places import place_of
from frameworks.uses import concerned_by_correction
from frameworks.wording import plain_text, seen
from organisations.admin_base import ReadOnlyAdmin

LETTERS_IN_A_LINE = 60


class ReasonForm(forms.Form):
    """Why, since when, and whether this is the official text."""

    reason_cy = forms.CharField(
        label=gettext_lazy("The reason, in Welsh"),
        widget=forms.Textarea({"rows": 3, "lang": "cy"}),
        max_length=2_000,
        error_messages={"required": gettext_lazy("Give the reason in Welsh.")},
        help_text=gettext_lazy("Everybody reads it beside the corrected words."),
    )
    reason_en = forms.CharField(
        label=gettext_lazy("The reason, in English"),
        widget=forms.Textarea({"rows": 3, "lang": "en"}),
        max_length=2_000,
        error_messages={"required": gettext_lazy("Give the reason in English.")},
    )
    dated_on = forms.DateField(
        label=gettext_lazy("Date of the correction"), widget=AdminDateWidget
    )
    makes_official = forms.BooleanField(
        label=gettext_lazy("This is the official text"),
        required=False,
        help_text=gettext_lazy(
            "It takes the place of a translation that was not official."
        ),
    )


@dataclass
class Side:
    """One language of a text on the page."""

    key: str
    language: str
    now: str  # as it is read
    frozen: str  # as it was published
    typed: str
    mark: str  # of the reading that the writer saw
    corrections: list
    longest: int | None
    is_used: bool  # whether the text is there at all
    error: str = ""
    theirs: str = ""  # what somebody else made of it meanwhile

    @property
    def name(self):
        return f"{self.key}-{self.language}"

    @property
    def is_changed(self):
        return plain_text(self.typed) != self.now

    @property
    def parts(self):
        return word_diff(self.now, plain_text(self.typed))

    @property
    def parts_of_theirs(self):
        return word_diff(self.theirs, plain_text(self.typed))

    @property
    def rows(self):
        lines = self.typed.split("\n")
        return min(30, sum(1 + len(line) // LETTERS_IN_A_LINE for line in lines) + 1)


@dataclass
class Pair:
    """One text in both languages."""

    place: str
    label: str
    is_short: bool
    sides: list[Side]

    @property
    def heading(self):
        return f"{self.place}: {self.label}" if self.place else capfirst(self.label)

    @property
    def changed(self):
        return [side for side in self.sides if side.is_changed]


class CorrectionPages(admin.ModelAdmin):
    """For the admin of editions."""

    def get_urls(self):
        pages = {"": "list", "<slug:section>/": "make"}
        return [
            *(
                path(
                    f"<path:object_id>/corrections/{rest}",
                    self.admin_site.admin_view(getattr(self, f"correction_{name}")),
                    name=f"frameworks_edition_correction_{name}",
                )
                for rest, name in pages.items()
            ),
            *super().get_urls(),
        ]

    def _corrected_edition(self, request, object_id):
        edition = self.get_object(request, unquote(object_id))
        if edition is None:
            raise Http404
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        return edition

    def _correction_page(self, request, template, *, edition, status=200, **context):
        return TemplateResponse(
            request,
            f"admin/frameworks/corrections/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "edition": edition,
                **context,
            },
            status=status,
        )

    def correction_list(self, request, object_id):
        """What was corrected so far, and the sections in which something can be."""
        edition = self._corrected_edition(request, object_id)
        if edition.is_draft:
            self.say(
                request, edition, _("it is a draft, and is edited, not corrected.")
            )
            return redirect(page_of(edition))
        return self._correction_page(
            request,
            "list",
            edition=edition,
            title=_("Corrections of wording"),
            sections=frozen_sections(edition),
            corrections=edition.corrections.select_related("made_by")
            .annotate(count=Count("errata"))
            .order_by("-dated_on", "-pk"),
        )

    def correction_make(self, request, object_id, section):
        """Correct texts of one section: typed, looked at, and then confirmed."""
        edition = self._corrected_edition(request, object_id)
        if edition.is_draft:
            self.say(
                request, edition, _("it is a draft, and is edited, not corrected.")
            )
            return redirect(page_of(edition))
        found = [each for each in frozen_sections(edition) if each.code == section]
        if not found:
            raise Http404
        pairs = [_pair(text, found[0], request.POST) for text in found[0].texts]
        draw = partial(
            self._correction_page,
            request,
            edition=edition,
            title=_("Correct the wording"),
            section=found[0],
            pairs=[pair for pair in pairs if pair.sides[0].is_used],
        )
        if request.method != "POST":
            form = ReasonForm(initial={"dated_on": timezone.localdate()})
            return draw("make", form=form)
        form = ReasonForm(request.POST)
        sides = [side for pair in pairs for side in pair.changed]
        if form.is_valid() and "back" not in request.POST:
            try:
                with transaction.atomic():
                    correction = correct(
                        edition=edition,
                        texts=_by_key(sides, "typed"),
                        seen_texts=_by_key(sides, "mark"),
                        by=request.user,
                        **form.cleaned_data,
                    )
                    if "confirm" not in request.POST:  # a look at it, and nothing more
                        transaction.set_rollback(True)
            except CorrectionRefused as refused:
                _show(refused.problems, form, sides)
            except CorrectedMeanwhile as meanwhile:
                for side in sides:
                    readings = meanwhile.readings.get(side.key, {})
                    side.theirs = readings.get(side.language, "")
                    side.mark = seen(side.now)
                return draw("make", form=form, is_meanwhile=True, status=409)
            else:
                return self._looked_at(request, edition, correction, form, draw)
        back = "back" in request.POST
        return draw("make", form=form, status=200 if back else 422)

    def _looked_at(self, request, edition, correction, form, draw):
        if "confirm" in request.POST:
            self.say(request, edition, _("the wording is corrected."), messages.SUCCESS)
            return redirect("admin:frameworks_edition_correction_list", edition.pk)
        return draw(
            "preview",
            form=form,
            correction=correction,
            concerned=concerned_by_correction(edition),
        )


def _pair(text, section, data):
    return Pair(
        place=place_of(text, section),
        label=str(text.label),
        is_short=text.is_short,
        sides=[_side(text, language, data) for language in LANGUAGES],
    )


def _side(text, language, data):
    now = text.text(language)
    name = f"{text.key}-{language}"
    made = [
        wording
        for wording in text.thing.corrected_wording
        if (wording.field, wording.language) == (text.field, language)
    ]
    typed, mark = data.get(name, now), data.get(f"{name}-seen", seen(now))
    if seen(plain_text(typed)) == mark:
        # Not touched on a page of before: what somebody else has corrected since stays.
        typed, mark = now, seen(now)
    return Side(
        key=text.key,
        language=language,
        now=now,
        frozen=made[0].replaced if made else now,
        typed=typed,
        mark=mark,
        corrections=made[::-1],
        longest=text.longest,
        is_used=any(text.text(either) for either in LANGUAGES),
    )


def _by_key(sides, name):
    found = {}
    for side in sides:
        found.setdefault(side.key, {})[side.language] = getattr(side, name)
    return found


def _show(problems, form, sides):
    """Put each problem beside what it is about."""
    by_name = {side.name: side for side in sides}
    for problem in problems:
        name = f"{problem.key}-{problem.language}"
        if name in by_name:
            by_name[name].error = problem.reason
        else:
            field = {"reason": f"reason_{problem.language}"}.get(
                problem.key, problem.key
            )
            form.add_error(field if field in form.fields else None, problem.reason)


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """What was corrected, for good: a correction that was wrong is corrected by another."""

    list_display = ("edition", "dated_on", "reason", "makes_official", "made_by")
    list_filter = ("edition", "makes_official")
    list_select_related = ("edition", "made_by")
    search_fields = ("reason_cy", "reason_en", "errata__text", "errata__replaced")
    fields = (
        "edition",
        "dated_on",
        "reason_cy",
        "reason_en",
        "makes_official",
        "made_at",
        "made_by",
    )
    change_form_template = "admin/frameworks/corrections/change_form.html"

    def render_change_form(self, request, context, *args, **kwargs):
        correction = context["original"]
        texts = frozen_texts(correction.edition)
        context["changes"] = [
            (
                texts.get(f"{erratum.part}-{erratum.part_id}-{erratum.field}"),
                erratum,
                word_diff(erratum.replaced, erratum.text),
            )
            for erratum in correction.errata.order_by("pk")
        ]
        return super().render_change_form(request, context, *args, **kwargs)
