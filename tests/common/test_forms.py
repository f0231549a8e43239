import datetime
import re

import pytest
from crispy_forms.layout import Field, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from cdf_site.common.forms import (
    DatePartsField,
    SecondaryButton,
    SubmitButton,
    service_helper,
)
from cdf_site.templatetags.interface import PageError, focus_id, form_errors

MET = [("met", "Met"), ("not_applicable", "Not applicable")]


class ActionForm(forms.Form):
    title = forms.CharField(
        label="What will be done?", help_text="One thing.", max_length=80
    )
    due = DatePartsField(label="By when?", help_text="For example, 30 11 2026")
    criterion = forms.ChoiceField(
        label="The cluster knows its communities.",
        choices=MET,
        widget=forms.RadioSelect(
            attrs={
                "class": "compact",
                "data-answer": "c1",
                "reveals": {"not_applicable": "reason"},
            }
        ),
    )
    reason = forms.CharField(label="Give a reason", required=False)
    story = forms.CharField(
        label="What is going well",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"count": 500, "label_size": "m"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = service_helper(mark_optional=True)


def tags(html, name):
    return re.findall(rf"<{name}\b[^>]*>", html)


def ids_of(html):
    return re.findall(r'\bid="([^"]+)"', html)


# Dates ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("30", "11", "2026"), datetime.date(2026, 11, 30)),
        ((" 1 ", "02", "2027"), datetime.date(2027, 2, 1)),
        (("29", "2", "2028"), datetime.date(2028, 2, 29)),
    ],
)
def test_date_is_read_from_its_parts(parts, day):
    assert DatePartsField().clean(list(parts)) == day


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("", "", ""), "required"),
        (("", "11", "2026"), "missing_day"),
        (("30", " ", "2026"), "missing_month"),
        (("30", "11", ""), "missing_year"),
        (("thirty", "11", "2026"), "not_numbers"),
        (("-1", "11", "2026"), "not_numbers"),
        (("٣", "11", "2026"), "not_numbers"),
        (("1" * 5000, "11", "2026"), "not_numbers"),
        (("30", "11", "26"), "short_year"),
        (("31", "11", "2026"), "no_such_date"),
        (("29", "2", "2026"), "no_such_date"),
        (("0", "1", "2026"), "no_such_date"),
    ],
)
def test_date_that_cannot_be_read_says_what_to_do(parts, code):
    field = DatePartsField()

    with pytest.raises(forms.ValidationError) as refusal:
        field.clean(list(parts))

    assert refusal.value.code == code
    assert refusal.value.messages == [str(field.error_messages[code])]


def test_date_may_be_left_out_where_it_is_optional():
    assert DatePartsField(required=False).clean(["", " ", ""]) is None


def test_date_keeps_what_was_typed_and_links_to_the_part_to_put_right():
    form = ActionForm({"due_day": "30", "due_month": "", "due_year": "2026"})

    html = Template("{% include 'nhsuk/field.html' with field=form.due %}").render(
        Context({"form": form})
    )

    inputs = tags(html, "input")
    assert [re.search(r'name="(\w+)"', tag)[1] for tag in inputs] == [
        "due_day",
        "due_month",
        "due_year",
    ]
    assert 'value="30"' in inputs[0]
    assert 'value="2026"' in inputs[2]
    assert form["due"].errors == ["Enter the month."]
    assert focus_id(form["due"]) == "id_due_1"
    assert f'id="{focus_id(form["due"])}"' in inputs[1]


def test_date_shows_its_initial_value():
    form = ActionForm(initial={"due": datetime.date(2026, 11, 3)})

    html = Template("{% include 'nhsuk/field.html' with field=form.due %}").render(
        Context({"form": form})
    )

    assert re.findall(r'value="(\d+)"', html) == ["3", "11", "2026"]


def test_date_has_changed_only_when_it_means_another_day():
    field = DatePartsField(required=False)
    day = datetime.date(2026, 11, 3)

    assert field.has_changed(day, ["03", "11", "2026"]) is False
    assert field.has_changed(day, ["4", "11", "2026"]) is True
    assert field.has_changed(day, ["4", "", "2026"]) is True
    assert field.has_changed(None, ["", "", ""]) is False


# The template pack --------------------------------------------------------------------
def test_form_ties_labels_hints_and_errors_to_their_inputs():
    html = render_crispy_form(ActionForm({}))

    ids = ids_of(html)
    assert sorted(ids) == sorted(set(ids))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    labelled = re.findall(r'<label[^>]* for="([^"]+)"', html)
    assert set(described) <= set(ids)
    assert set(labelled) <= set(ids)
    assert {"id_title_helptext", "id_title_error", "id_criterion_error"} <= set(
        described
    )


def test_form_says_error_before_each_error_and_draws_every_field_once():
    html = render_crispy_form(ActionForm({}))

    assert html.count('<span class="nhsuk-u-visually-hidden">Error:</span>') == 3
    assert html.count('name="reason"') == 1
    assert html.count('name="criterion"') == 2


def test_form_leaves_refusals_to_the_server():
    html = render_crispy_form(ActionForm())

    assert " required" not in html
    assert ' maxlength="500"' not in html  # would cut off what is pasted
    assert 'maxlength="80"' in html
    assert "<form" not in html


def test_options_for_the_templates_are_not_written_as_attributes():
    html = render_crispy_form(ActionForm())

    assert not re.search(r"\b(label_size|reveals|count)=", html)
    assert html.count('data-answer="c1"') == 2
    assert '<div class="nhsuk-radios compact">' in html
    assert "nhsuk-label--m" in html
    assert "style=" not in html


def test_optional_fields_say_so_where_the_helper_wants_it():
    html = render_crispy_form(ActionForm())

    labels = [
        re.sub(r"\s+", " ", text).strip()
        for text in re.findall(r"<label[^>]*>(.*?)</label>", html, re.DOTALL)
    ]
    assert "Give a reason (optional)" in labels
    assert "What will be done?" in labels


def test_buttons_carry_their_name():
    form = ActionForm()
    form.helper.layout = Layout(
        Field("title"), SubmitButton("save", "Save"), SecondaryButton("leave", "Leave")
    )

    html = render_crispy_form(form)

    assert [
        re.search(r'class="([^"]+)" name="(\w+)"', tag).groups()
        for tag in tags(html, "button")
    ] == [
        ("nhsuk-button", "save"),
        ("nhsuk-button nhsuk-button--secondary", "leave"),
    ]


# The error summary --------------------------------------------------------------------
def test_summary_names_the_field_before_a_colon_and_links_to_its_first_input():
    form = ActionForm({"title": "x", "due_day": "1", "due_month": "1", "due_year": "1"})
    form.fields["criterion"].error_messages["required"] = "Choose an answer"

    assert form_errors(form) == [
        PageError(
            "By when: Enter the year with four figures, for example 2026.", "#id_due_0"
        ),
        PageError(
            "The cluster knows its communities: Choose an answer", "#id_criterion_0"
        ),
    ]


def test_summary_shortens_a_label_as_long_as_a_criterion():
    class Long(forms.Form):
        criterion = forms.CharField(label=" ".join(["gair"] * 40))

    (error,) = form_errors(Long({}))

    assert error.text.startswith(" ".join(["gair"] * 12) + "…: ")


def test_summary_of_an_unbound_form_is_empty():
    html = Template("{% page_errors as found %}{{ found }}").render(
        Context({"form": ActionForm(), "forms": None})
    )

    assert html == "[]"


def test_summary_gathers_the_errors_of_several_forms_once():
    first, second = ActionForm({}, prefix="a"), ActionForm({}, prefix="b")

    html = Template(
        "{% page_errors as found %}{% for e in found %}{{ e.url }} {% endfor %}"
    ).render(Context({"form": first, "forms": [first, second]}))

    assert html.split() == [
        "#id_a-title", "#id_a-due_0", "#id_a-criterion_0",
        "#id_b-title", "#id_b-due_0", "#id_b-criterion_0",
    ]  # fmt: skip
