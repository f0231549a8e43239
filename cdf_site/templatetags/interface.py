"""What the templates ask for: form controls in nhsuk classes, errors, long texts.

The library is loaded for every template (``builtins`` in the settings).
"""

import copy
from dataclasses import dataclass

from django import forms, template
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cdf_site.common import long_text as markup

register = template.Library()

# Attributes of a widget that speak to our templates and are not HTML.
OPTIONS = {"label_size", "label_class", "heading", "reveals", "count"}
KINDS = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.MultiWidget, "parts"),
    (forms.FileInput, "file"),
)
WORDS_OF_A_LABEL = 12  # in the list of errors, where a criterion would fill the page


# Form controls ----------------------------------------------------------------------
@register.filter
def kind(field):
    """Name our template that draws a bound field."""
    widget = field.field.widget
    return next((name for type_, name in KINDS if isinstance(widget, type_)), "input")


@register.filter
def setting(field, name):
    """Read one of our own ``OPTIONS``, or another attribute, from the field's widget."""
    return field.field.widget.attrs.get(name, "")


@register.simple_tag
def control(field, classes=""):
    """Draw a field's control in the classes given and those of its widget."""
    widget = _plain_widget(field)
    own = field.field.widget.attrs.get("class", "")
    widget.attrs["class"] = f"{classes} {own}".strip()
    return field.as_widget(widget=widget)


@register.filter
def choices(field):
    """Return the options of radios or checkboxes, each with what its input needs."""
    widget = _plain_widget(field)
    attributes = field.build_widget_attrs({"id": _field_id(field)}, widget)
    reveals = setting(field, "reveals") or {}
    options = list(widget.subwidgets(field.html_name, field.value(), attributes))
    for option in options:
        # ARIA has no invalid radio: the error belongs to the group, which names it.
        option["attrs"].pop("aria-invalid", None)
        option["reveals"] = _revealed(field, reveals.get(str(option["value"])))
    return options


@register.filter
def parts(field):
    """Return the inputs of a field that has several (a date), each as HTML needs it."""
    widget = _plain_widget(field)
    attributes = field.build_widget_attrs({"id": _field_id(field)}, widget)
    return widget.get_context(field.html_name, field.value(), attributes)["widget"][
        "subwidgets"
    ]


@register.filter
def focus_id(field):
    """Return the id of the first input of a field, which a link to its error reaches."""
    match kind(field):
        case "radios" | "checkboxes" if options := choices(field):
            return options[0]["attrs"].get("id", "")
        case "parts":
            inputs = parts(field)
            wrong = getattr(field.field.widget, "wrong_part", lambda value: 0)
            return inputs[wrong(field.value())]["attrs"].get("id", "")
        case _:
            return field.id_for_label or _field_id(field)


@register.filter
def is_revealed(field):
    """Say whether a choice of another field reveals this one, and draws it then."""
    return any(
        field.name in (other.widget.attrs.get("reveals") or {}).values()
        for other in field.form.fields.values()
    )


def _field_id(field):
    return field.field.widget.attrs.get("id") or field.auto_id


def _plain_widget(field):
    """Return a copy of the widget with nothing but HTML on it.

    ``required`` is left out: the browser would complain in its own language, not in the
    page's, before the server can say what to do. So is ``maxlength`` where characters
    are counted: it would silently cut off what is pasted.
    """
    widget = copy.copy(field.field.widget)
    left_out = OPTIONS | {"required"}
    if widget.attrs.get("count"):
        left_out |= {"maxlength"}
    if kind(field) in {"radios", "checkboxes", "parts"}:
        left_out |= {"class"}  # on the group, not on each of its inputs
    widget.attrs = {
        name: value for name, value in widget.attrs.items() if name not in left_out
    }
    widget.use_required_attribute = lambda initial: False
    return widget


def _revealed(field, name):
    if not name:
        return None
    if hasattr(field.form, "rendered_fields"):
        field.form.rendered_fields.add(name)  # crispy would draw it a second time
    return field.form[name]


# Errors -----------------------------------------------------------------------------
@dataclass(frozen=True)
class PageError:
    """A line of the error summary; without an address it is not a link."""

    text: str
    url: str = ""


@register.simple_tag(takes_context=True)
def page_errors(context):
    """Return every error on the page: of ``form``, ``forms``, ``formset``, ``errors``."""
    found = []
    candidates = [context.get("form"), context.get("formset")]
    candidates += context.get("forms") or []
    for form in dict.fromkeys(filter(_has_errors, candidates)):
        found += _errors_of(form)
    return found + [
        error if hasattr(error, "text") else PageError(str(error))
        for error in context.get("errors") or []
    ]


@register.filter
def form_errors(form):
    """Return the errors of one form or formset, as ``PageError``."""
    return _errors_of(form)


def _has_errors(form):
    return isinstance(form, forms.BaseForm | BaseFormSet) and form.is_bound


def _errors_of(form):
    if isinstance(form, BaseFormSet):
        found = [PageError(error) for error in form.non_form_errors()]
        for one in form:
            found += _errors_of(one)
        return found
    found = [PageError(error) for error in form.non_field_errors()]
    for field in form:
        for error in field.errors:
            # A field among many of its name says whose it is.
            label = getattr(field.field, "summary_label", field.label)
            found.append(labelled_error(field, label, error))
    return found


def labelled_error(field, label, error):
    """Return a line of the error summary that leads to ``field``."""
    return PageError(_with_label(label, error), f"#{focus_id(field)}")


def _with_label(label, error):
    # The name stands before a colon, never inside the sentence: Welsh would mutate it.
    label = Truncator(str(label).rstrip(":?.")).words(WORDS_OF_A_LABEL)
    return _("%(label)s: %(error)s") % {"label": label, "error": error}


# Long texts -------------------------------------------------------------------------
@register.simple_tag
def long_text(value, heading_level=3):
    """Draw a text in our light mark-up; ``## `` becomes a heading of the level given."""
    return format_html_join(
        "\n", "{}", ((_draw(block, heading_level),) for block in markup.parse(value))
    )


def _draw(block, heading_level):
    match block:
        case markup.Heading(depth=depth, text=text):
            level = min(heading_level + depth - 1, 6)
            size = "m" if depth == 1 else "s"
            return format_html(
                '<h{} class="nhsuk-heading-{}">{}</h{}>', level, size, text, level
            )
        case markup.BulletList(items=items):
            return _draw_bullets(items)
        case markup.Paragraph(text=text):
            return format_html("<p>{}</p>", text)


def _draw_bullets(items):
    bullets = format_html_join(
        "",
        "<li>{}{}</li>",
        (
            (
                item.text,
                _draw_bullets(item.children) if item.children else SafeString(""),
            )
            for item in items
        ),
    )
    return format_html('<ul class="nhsuk-list nhsuk-list--bullet">{}</ul>', bullets)
