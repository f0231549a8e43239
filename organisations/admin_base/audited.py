"""The admins that others build upon: audited, in both languages, or only read."""

import re

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core.exceptions import (
    BadRequest,
    FieldDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import connection
from django.db.models import CharField, TextField
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modeltranslation.admin import TranslationAdmin

from organisations.admin_base.history import (
    FieldChange,
    events_about,
    history_page,
    named,
    parts_of,
    removal,
    subjects_under,
)
from organisations.admin_base.keeping import KeepsBoth, keeping_both, keeping_rows
from organisations.audit import (
    record,
    record_added,
    record_changed,
    record_removed,
)
from organisations.models import AuditEvent

Kind = AuditEvent.Kind
PAGE = "p"


def folded(model, path):
    """An entry of ``search_fields`` that looks past accents, where it is a text's."""
    if path[0] in "^=@":
        return path
    try:
        field = get_fields_from_path(model, path)[-1]
    except FieldDoesNotExist:  # it names a lookup already
        return path
    return f"{path}__folded" if isinstance(field, CharField | TextField) else path


class SearchedAdmin(admin.ModelAdmin):
    """Finds what is typed with or without accents; a list asked for by nonsense is shown whole."""

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except OverflowError:  # a year or a number that no database has
            raise IncorrectLookupParameters from None

    def get_search_fields(self, request):
        fields = super().get_search_fields(request)
        return tuple(folded(self.model, path) for path in fields)


class AuditedAdmin(SearchedAdmin):
    """Writes an audit event for whatever it changes, in the same transaction.

    Each event holds what was there before and after, of inline rows and of what is removed with
    something as well; the history page shows them. Two people who change one thing get to see
    each other's texts. Its actions ask before they do what cannot be undone, and say what came
    of it.
    """

    def __init__(self, model, admin_site):
        super().__init__(model, admin_site)
        self.form = keeping_both(self.form)

    def get_inline_instances(self, request, obj=None):
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.form = keeping_both(inline.form)
            inline.formset = keeping_rows(inline.formset)
        return inlines

    def get_changelist_form(self, request, **kwargs):
        form = keeping_both(kwargs.pop("form", forms.ModelForm))
        return super().get_changelist_form(request, form=form, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            request.POST = with_plain_line_ends(request.POST)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        # Whoever saves it at the same instant is waited for, and what they saved is read.
        # No order: it would lock what the order asks, and two people wait for each other.
        rows = self.model._base_manager.filter(pk=found.pk).order_by()
        list(rows.select_for_update(no_key=True).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def render_change_form(self, request, context, *args, **kwargs):
        lines = [context["adminform"].form]
        for inline in context["inline_admin_formsets"]:
            lines += inline.formset.initial_forms
        context["marks"] = [
            line.marks for line in lines if isinstance(line, KeepsBoth) and line.stored
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        texts = list(self._typed_texts(request)) if request.method == "POST" else []
        if not texts:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        return TemplateResponse(
            request,
            "admin/removed_meanwhile.html",
            {
                **self.admin_site.each_context(request),
                "opts": opts,
                "title": _("Somebody else removed this while you were editing"),
                "subject": self._name_of_removed(unquote(object_id)),
                "event": removal(self.model, unquote(object_id)),
                "texts": texts,
            },
            status=409,
        )

    def _typed_texts(self, request):
        """What people wrote into a form of this admin, each with the name of its field."""
        models = {"": self.model}
        for kind in self.inlines:
            inline = kind(self.model, self.admin_site)
            prefix = inline.get_formset(request).get_default_prefix()
            models[prefix] = inline.model
        for sent, text in request.POST.items():
            prefix, name = re.fullmatch(r"(?:(.+)-\d+-)?(.*)", sent, re.DOTALL).groups()
            try:
                field = models[prefix or ""]._meta.get_field(name)
            except (FieldDoesNotExist, KeyError):
                continue
            if (
                text.strip()
                and isinstance(field, CharField | TextField)
                and not field.choices
                and "password" not in name
            ):
                whole = getattr(field, "translated_field", field)
                yield FieldChange(
                    label=capfirst(whole.verbose_name),
                    language=getattr(field, "language", ""),
                    before="",
                    after=text,
                    is_text=True,
                )

    # What is written down ---------------------------------------------------------------

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change:
            self.audit(request, Kind.CHANGED, form.instance, form.stored)
        else:
            self.audit(request, Kind.ADDED, form.instance)
        for formset in formsets:
            stored = {line.instance.pk: line.stored for line in formset.initial_forms}
            for part in formset.new_objects:
                self.audit(request, Kind.ADDED, part)
            for part, _fields in formset.changed_objects:
                self.audit(request, Kind.CHANGED, part, stored[part.pk])

    def save_formset(self, request, form, formset, change):
        # A row that is gone has no number any more, so these are written before.
        for line in getattr(formset, "deleted_forms", []):
            if line.instance.pk:
                self.audit(request, Kind.REMOVED, line.instance)
        super().save_formset(request, form, formset, change)

    def delete_model(self, request, obj):
        self.audit(request, Kind.REMOVED, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for thing in queryset:
            self.delete_model(request, thing)

    def audit(self, request, kind, subject, before=None):
        """Write down what was done; ``before``, of a change, is what ``values`` gave then.

        An admin whose services write it down themselves does nothing here.
        """
        match kind:
            case Kind.ADDED:
                record_added(subject, by=request.user)
            case Kind.CHANGED:
                record_changed(subject, before, by=request.user)
            case Kind.REMOVED:
                record_removed(subject, by=request.user)
            case _:
                record(kind, by=request.user, subject=subject)

    # Django's own list of actions would be a second history that tells less.

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    # The history ------------------------------------------------------------------------

    def history_parts(self, model):
        """The kinds of parts of ``model`` whose events belong to its history, with the reference.

        What goes with a thing when it is removed; and, of this admin's own model, its rows.
        """
        parts = parts_of(model)
        if model is self.model:
            for inline in self.inlines:
                links = [
                    field.name
                    for field in inline.model._meta.fields
                    if field.is_relation and field.related_model is model
                ]
                reference = inline.fk_name or (links and links[0])
                if reference and (inline.model, reference) not in parts:
                    parts.append((inline.model, reference))
        return parts

    def history_subjects(self, number):
        """Whose events the history page shows: their numbers, by model."""
        return subjects_under(self.model, number, self.history_parts)

    def history_view(self, request, object_id, extra_context=None):
        """What became of a thing and of its parts; of one that is removed as well."""
        thing = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        number = thing.pk if thing else _number(self.model, unquote(object_id))
        if thing is None and not events_about({self.model: {number}}).exists():
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = history_page(
            self.history_subjects(number),
            request.GET.get(PAGE, 1),
            of=(self.model, number),
        )
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/change_history.html",
            {
                **self.admin_site.each_context(request),
                "title": _("History"),
                "subtitle": None,
                "opts": self.opts,
                "object": thing,
                "name": thing or self._name_of_removed(number),
                "page": page,
                "page_parameter": PAGE,
                **(extra_context or {}),
            },
        )

    def _name_of_removed(self, number):
        event = removal(self.model, number)
        name = event and event.details.get("name")
        kind = capfirst(self.opts.verbose_name)
        return f"{kind}: {name}" if name else capfirst(named(self.opts.label, number))

    # Actions ----------------------------------------------------------------------------

    def response_action(self, request, queryset):
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not _is_number(self.model, chosen):
                raise BadRequest("No page offers this to be chosen")
        return super().response_action(request, queryset)

    def ask(self, request, things, action, title, consequence, notes=()):
        """The page that says what ``action`` will do, with the button that does it.

        ``notes`` say what else must be known of single things.
        """
        return TemplateResponse(
            request,
            "admin/confirm_action.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                "consequence": consequence,
                "notes": notes,
                "things": things,
                "action": action,
                "checkbox": ACTION_CHECKBOX_NAME,
            },
        )

    def say(self, request, thing, sentence, level=messages.WARNING):
        """What came of an action; the name stands outside the sentence."""
        self.message_user(request, f"{thing}: {sentence}", level)


def _number(model, text):
    """The number of a thing as text, or None where it cannot be one."""
    return model._meta.pk.to_python(text) if _is_number(model, text) else None


def _is_number(model, text):
    try:
        model._meta.pk.run_validators(model._meta.pk.to_python(text))
    except ValidationError:
        return False
    return True


def with_plain_line_ends(sent):
    """What a browser sends, with lines ended as they are stored: it ends them with two signs."""
    plain = sent.copy()
    for name, texts in sent.lists():
        plain.setlist(name, [text.replace("\r\n", "\n") for text in texts])
    return plain


class BilingualAdmin(AuditedAdmin, TranslationAdmin):
    """The same for what has a Welsh and an English text: each language in its tab."""

    class Media:
        # As in TabbedTranslationAdmin, but for its style sheet: the tabs' look is ours.
        js = (
            "admin/js/jquery.init.js",
            "modeltranslation/js/force_jquery.js",
            settings.JQUERY_UI_URL,
            "modeltranslation/js/tabbed_translation_fields.js",
            "admin_languages.js",
        )


class ReadOnlyAdmin(SearchedAdmin):
    """Shows what nobody may add, change or remove."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
