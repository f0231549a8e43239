"""The pages of an edition that lead from a draft to publishing, and beyond."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frameworks.admin.base import DRAFT, page_of
from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    EnablingFactor,
    QuadrupleAim,
    TransformationPrinciple,
    WellbeingGoal,
)
from frameworks.readiness import readiness
from frameworks.services import (
    CodeTaken,
    InUse,
    NotNow,
    NotReady,
    copy_edition,
    mark_unofficial,
    publish,
    retire,
)
from frameworks.text_places import place_of

Status = Edition.Status
AT_ONCE = 40  # lines of what is missing in a section, before the rest is only counted


class NewDraftForm(forms.ModelForm):
    """What a new draft is called that begins as a copy."""

    class Meta:
        model = Edition
        fields = ("code", "issued", "title_cy", "title_en")
        labels = {
            "title_cy": gettext_lazy("Title (Welsh)"),
            "title_en": gettext_lazy("Title (English)"),
        }
        help_texts = {
            "code": gettext_lazy(
                "For addresses, in small letters, figures and hyphens: 2031-05. It can be changed "
                "until the edition is published."
            ),
        }
        error_messages = {
            "code": {
                "invalid": gettext_lazy(
                    "Use letters, figures and hyphens only, with no spaces: 2031-05."
                )
            },
            "issued": {
                "invalid": gettext_lazy("Write the year and the month: 2031-05.")
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            title = self.fields[f"title_{language}"]
            title.required = True
            title.widget.attrs |= {"lang": language, "class": "vTextField"}


class PublishingPages(admin.ModelAdmin):
    def get_urls(self):
        pages = {
            "check": self.check_view,
            "publish": self.publish_view,
            "retire": self.retire_view,
            "copy": self.copy_view,
        }
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"frameworks_edition_{name}",
            )
            for name, view in pages.items()
        ]
        unofficial = path(
            "<path:object_id>/unofficial/<str:language>/",
            self.admin_site.admin_view(self.unofficial_view),
            name="frameworks_edition_unofficial",
        )
        return [unofficial, *own, *super().get_urls()]

    def _edition(self, request, object_id):
        edition = self.get_object(request, unquote(object_id))
        if edition is None:
            raise Http404
        if not self.has_change_permission(request, edition):
            raise PermissionDenied
        return edition

    def _page(self, request, template, edition, status=200, **context):
        return TemplateResponse(
            request,
            f"admin/frameworks/edition/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "edition": edition,
                **context,
            },
            status=status,
        )

    def _confirm(
        self, request, edition, *, title, consequence, notes=(), back="", status=200
    ):
        return self._page(
            request,
            "confirm",
            edition,
            title=title,
            consequence=consequence,
            notes=notes,
            back=back,
            status=status,
        )

    # What is missing, and publishing --------------------------------------------------------

    def check_view(self, request, object_id):
        """What is left before a draft can be published, each with a way to mend it."""
        edition = self._edition(request, object_id)
        if edition.status != DRAFT:
            return redirect(page_of(edition))
        return self._check_page(request, edition, readiness(edition))

    def _check_page(self, request, edition, found, *, was_refused=False):
        return self._page(
            request,
            "check",
            edition,
            status=409 if was_refused else 200,
            title=_("What is missing before publishing"),
            readiness=found,
            was_refused=was_refused,
            sections=[
                {
                    "heading": left.section.heading,
                    "module": left.section.module,
                    "count": len(left.texts),
                    "lines": list(_lines(left)),
                    "more": max(0, len(left.texts) - AT_ONCE),
                    "url": page_of(left.section.subject),
                    "translation": reverse(
                        "translation:translation_section",
                        args=[edition.code, left.section.code],
                    ),
                }
                for left in found.sections
            ],
            structure=[
                {
                    "url": _page_around(left.thing),
                    "place": left.thing,
                    "reason": left.reason,
                }
                for left in found.structure
            ],
            unchecked=[
                (language, count)
                for language in LANGUAGES
                if (count := len(found.unchecked(language)))
            ],
        )

    def publish_view(self, request, object_id):
        edition = self._edition(request, object_id)
        if edition.status == Status.PUBLISHED:
            self.say(request, edition, _("it is published already."))
            return redirect(page_of(edition))
        if request.method != "POST":
            return self._confirm(
                request,
                edition,
                title=_("Publish the edition"),
                consequence=_(
                    "Everybody can then read it, and its texts, levels, numbers and structure "
                    "can no longer be changed."
                )
                if edition.status == DRAFT
                else _("Cycles can then be made with it again."),
            )
        try:
            publish(edition=edition, by=request.user)
        except NotNow:
            self.say(request, edition, _("it is published already."))
        except NotReady as refused:
            return self._check_page(
                request, edition, refused.readiness, was_refused=True
            )
        else:
            self.say(request, edition, _("it is published."), messages.SUCCESS)
        return redirect(page_of(edition))

    def unofficial_view(self, request, object_id, language):
        """Mark what nobody has checked in a language as unofficial, knowingly."""
        edition = self._edition(request, object_id)
        if language not in LANGUAGES:
            raise Http404
        if edition.status != DRAFT:
            return redirect(page_of(edition))
        check = reverse("admin:frameworks_edition_check", args=[edition.pk])
        if request.method == "POST":
            try:
                count = mark_unofficial(
                    edition=edition, language=language, by=request.user
                )
            except NotNow:  # published meanwhile
                return redirect(page_of(edition))
            self.message_user(
                request,
                _("Texts marked as unofficial: %(count)s") % {"count": count},
                messages.SUCCESS,
            )
            return redirect(check)
        count = len(readiness(edition).unchecked(language))
        return self._confirm(
            request,
            edition,
            title=_("Mark the unchecked Welsh texts as unofficial")
            if language == "cy"
            else _("Mark the unchecked English texts as unofficial"),
            consequence=_(
                "They can then be published as they are. The pages, the form and the PDF say "
                "that they are not official."
            ),
            notes=[_("Texts: %(count)s") % {"count": count}],
            back=check,
        )

    # Out of use, and the next one --------------------------------------------------------------

    def retire_view(self, request, object_id):
        edition = self._edition(request, object_id)
        if edition.status != Status.PUBLISHED:
            self.say(request, edition, _("it is not published."))
            return redirect(page_of(edition))
        ask = partial(
            self._confirm,
            request,
            edition,
            title=_("Take the edition out of use"),
            consequence=_("It stays readable, and can be published again."),
        )
        if request.method != "POST":
            return ask()
        try:
            retire(edition=edition, by=request.user)
        except NotNow:
            self.say(request, edition, _("it is not published."))
        except InUse as refused:
            return ask(
                status=409,
                notes=[
                    _("It stays in use, because it is needed."),
                    *refused.uses,
                ],
            )
        else:
            self.say(request, edition, _("it is out of use."), messages.SUCCESS)
        return redirect(page_of(edition))

    def copy_view(self, request, object_id):
        """Begin a new draft that has everything this edition has."""
        edition = self._edition(request, object_id)
        # Without the title of the original: two of the same name could not be told apart.
        form = NewDraftForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                draft = copy_edition(
                    edition=edition, by=request.user, **form.cleaned_data
                )
            except CodeTaken:  # in this very instant
                form.add_error("code", _("There is an edition with this code already."))
            else:
                self.say(request, draft, _("the new draft is ready."), messages.SUCCESS)
                return redirect(page_of(draft))
        return self._page(
            request,
            "copy",
            edition,
            title=_("Start a new draft from this edition"),
            form=form,
            status=422 if form.errors else 200,
        )


def _lines(left):
    """What is left in a section, each with the page and the field where it is mended."""
    criteria = [
        text.thing for text in left.section.texts if isinstance(text.thing, Criterion)
    ]
    rows = {criterion: row for row, criterion in enumerate(dict.fromkeys(criteria))}
    for text_left in left.texts[:AT_ONCE]:
        text = text_left.text
        column = f"{text.field}_{text_left.language}"
        if text.thing in rows:
            url = f"{page_of(left.section.subject)}#id_criteria-{rows[text.thing]}-{column}"
        elif text.thing == left.section.subject or text.is_open:
            url = f"{page_of(text.thing)}#id_{column}"
        else:  # a part of the edition as a whole
            url = (
                f"{page_of(left.section.subject)}#{text.thing._meta.model_name}s-group"
            )
        yield {
            "url": url,
            "place": place_of(text, left.section),
            "label": text.label,
            "language": text_left.language,
            "state": text_left.state,
        }


def _page_around(thing):
    """The page on which a thing is edited, or the one of what it belongs to."""
    match thing:
        case Criterion():
            return page_of(thing.outcome)
        case (
            EnablingFactor()
            | TransformationPrinciple()
            | WellbeingGoal()
            | QuadrupleAim()
        ):
            return page_of(thing.edition)
        case _:
            return page_of(thing)
