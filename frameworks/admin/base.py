"""What the pages of an edition and of all that stands in it share."""

from types import MappingProxyType

from django.apps import apps
from django.contrib.admin.utils import NestedObjects, flatten_fieldsets, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import IntegrityError, router
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    Indicator,
    Module,
    Outcome,
)
from organisations.admin_base import AuditedAdmin

DRAFT = Edition.Status.DRAFT
WORDS_IN_A_LIST = 14
WORDS_IN_A_CHOICE = 6
MOST_USES = 20  # named at once where something cannot be deleted
EDITOR_NOTE = ("editor_note_cy", "editor_note_en")
FROZEN_BY_PUBLISHING = "is frozen by publishing"  # in what the database says


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


def page_of(thing):
    """The address of the page on which a thing is edited."""
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


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
            text = Truncator(thing.shown("text")).words(WORDS_IN_A_CHOICE)
            return f"{way} › {thing.level or '–'}.{thing.number} {text}"


class SideBySide:
    """For an admin and an inline: each text in both languages, one beside the other."""

    help_texts = MappingProxyType({})  # by the names of the form's fields

    def get_fieldsets(self, request, obj=None):
        return [
            (name, {**options, "fields": tuple(_in_pairs(options["fields"]))})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs.setdefault("labels", _labels(self.model))
        kwargs.setdefault("help_texts", self.help_texts)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_formset(self, request, obj=None, **kwargs):
        kwargs.setdefault("labels", _labels(self.model))
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and getattr(db_field, "language", None):
            # For spelling checkers and voices.
            field.widget.attrs["lang"] = db_field.language
            # Modeltranslation wants the default language at least; here either will do.
            field.required = not db_field.blank
        return field


def _labels(model):
    """What each text is called in each language, also where it is only shown."""
    labels = {}
    for name in model.text_fields():
        text = capfirst(model._meta.get_field(name).verbose_name)
        labels[f"{name}_cy"] = _("%(text)s (Welsh)") % {"text": text}
        labels[f"{name}_en"] = _("%(text)s (English)") % {"text": text}
    return labels


def _in_pairs(names):
    """The names of fields, with those of one text in both languages together."""
    names = list(names)
    while names:
        name = names.pop(0)
        other = f"{str(name).removesuffix('_cy')}_en"
        if str(name).endswith("_cy") and other in names:
            names.remove(other)
            yield (name, other)
        else:
            yield name


class FrozenOncePublished(SideBySide):
    """For an admin and an inline: nothing but ``open_fields`` changes after publishing.

    ``obj`` is the thing itself, or what the lines of an inline belong to.
    """

    open_fields = ()

    def get_readonly_fields(self, request, obj=None):
        fields = tuple(super().get_readonly_fields(request, obj))
        if not is_frozen(obj):
            return fields
        named = flatten_fieldsets(self.get_fieldsets(request, obj))
        return tuple(name for name in named if name not in self.open_fields)

    def has_delete_permission(self, request, obj=None):
        return not is_frozen(obj) and super().has_delete_permission(request, obj)


class FrozenInline(FrozenOncePublished, TranslationStackedInline):
    extra = 1  # where there is no script to add one

    def has_add_permission(self, request, obj=None):
        return not is_frozen(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        is_open = bool(self.open_fields) or not is_frozen(obj)
        return is_open and super().has_change_permission(request, obj)


class FrameworkAdmin(FrozenOncePublished, AuditedAdmin, TranslationAdmin):
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
        }
        if db_field.name in choices:
            kwargs.setdefault("queryset", choices[db_field.name])
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in choices:
            field.label_from_instance = path_to
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            # Things have pages of their own, to which the outline leads.
            field.widget = field.widget.widget
        return field

    # Published while somebody was writing ------------------------------------------------

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if (
            request.method == "POST"
            and object_id
            and self._writes_frozen(request, object_id)
        ):
            return self._published_meanwhile(request, object_id)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            # Published in the very instant between this page's look at it and its saving.
            if FROZEN_BY_PUBLISHING not in str(error):
                raise
            return self._published_meanwhile(request, object_id)

    def _writes_frozen(self, request, object_id):
        """Whether the page that was sent was drawn before its edition was published."""
        thing = self.get_object(request, unquote(object_id))
        if not is_frozen(thing):
            return False
        inlines = {
            inline.get_formset(request, thing).get_default_prefix(): inline
            for inline in self.get_inline_instances(request, thing)
        }
        for sent in request.POST:
            prefix, dash, rest = sent.partition("-")
            admin, name = self, sent
            if dash:
                admin, name = inlines.get(prefix), rest.partition("-")[2]
            if admin and name in _text_columns(admin.model) - set(admin.open_fields):
                return True
        return False

    def _published_meanwhile(self, request, object_id):
        thing = self.get_object(request, unquote(object_id)) if object_id else None
        return TemplateResponse(
            request,
            "admin/frameworks/published_meanwhile.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("The edition was published while you were editing"),
                "thing": thing,
                "page": thing and page_of(thing),
                "texts": list(self._typed_texts(request)),
            },
            status=409,
        )

    def get_deleted_objects(self, objs, request):
        """What would go with them, without the rows that only join two things together."""
        to_delete, counts, *others = super().get_deleted_objects(objs, request)
        joining = [
            through._meta
            for through in apps.get_models(include_auto_created=True)
            if through._meta.auto_created
        ]
        beginnings = tuple(f"{capfirst(meta.verbose_name)}: " for meta in joining)
        for meta in joining:
            counts.pop(meta.verbose_name_plural, None)
        return [_without(to_delete, beginnings), counts, *others]

    # What is in use stays ----------------------------------------------------------------

    def delete_view(self, request, object_id, extra_context=None):
        thing = self.get_object(request, unquote(object_id))
        if thing is None or not self.has_view_permission(request, thing):
            return super().delete_view(request, object_id, extra_context)
        # What was published is never deleted, whatever else refers to it.
        uses = [] if is_frozen(thing) else what_uses(thing)
        if not uses and not is_frozen(thing):
            return super().delete_view(request, object_id, extra_context)
        return TemplateResponse(
            request,
            "admin/frameworks/in_use.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("This cannot be deleted"),
                "thing": thing,
                "page": page_of(thing),
                "is_frozen": is_frozen(thing),
                "uses": uses[:MOST_USES],
                "more": max(0, len(uses) - MOST_USES),
            },
            status=409,
        )


def _without(lines, beginnings):
    """Nested ``lines`` without those that begin so, at every depth."""
    return [
        _without(line, beginnings) if isinstance(line, list) else line
        for line in lines
        if isinstance(line, list) or not str(line).startswith(beginnings)
    ]


def _text_columns(model):
    return {
        f"{name}_{language}" for name in model.text_fields() for language in LANGUAGES
    }


def what_uses(thing):
    """What refers to a part of a draft, or to what would go with it: each by its kind and name."""
    collector = NestedObjects(using=router.db_for_write(type(thing)))
    collector.collect([thing])
    outcomes = [row.pk for row in collector.data.get(Outcome, ())]
    gone = [row.pk for row in collector.data.get(Indicator, ())]
    speaking = Indicator.objects.filter(outcomes__in=outcomes).exclude(pk__in=gone)
    # A whole edition may follow upon another: each is named once.
    uses = [_use(row) for row in (*collector.protected, *speaking.distinct())]
    return sorted(dict.fromkeys(uses))


def _use(row):
    kind = capfirst(row._meta.verbose_name)
    match row:
        case Edition() | Module() | Outcome() | Criterion():
            return format_html(
                '{}: <a href="{}">{}</a>', kind, page_of(row), path_to(row)
            )
        case Indicator():
            return format_html("{}: {}", kind, row)
        case _:
            return kind
