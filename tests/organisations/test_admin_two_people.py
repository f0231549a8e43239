"""Two administrators at one thing: both texts are kept, and none is overwritten unseen."""

import re

import pytest
from django.test import Client

from frameworks.models import Criterion, Outcome
from organisations.models import AuditEvent, Cluster, PlanningGroup
from tests.admin_steps import address, form_of
from tests.factories import (
    EditionFactory,
    PlanningGroupFactory,
    UserFactory,
    WellbeingGoalFactory,
)

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def other(db):
    """Another administrator's browser."""
    client = Client()
    client.force_login(UserFactory(email="other@example.test", administrator=True))
    return client


@pytest.fixture
def draft(db):
    return EditionFactory(code="draft", draft=True, levelled=True)


@pytest.fixture
def outcome(draft):
    outcome = Outcome.objects.get(module__edition=draft)
    outcome.narrative_cy, outcome.narrative_en = "Un\n\ndau ", "One\n\ntwo "
    outcome.save()
    return outcome


def changed():
    events = AuditEvent.objects.filter(kind=Kind.CHANGED).order_by("pk")
    return [event.details for event in events]


def errors(page):
    return page.context["adminform"].form.errors


def words(page):
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return " ".join(text.split())


# One thing --------------------------------------------------------------------------------


def test_a_page_sent_as_it_was_drawn_changes_nothing(staff, outcome):
    page = address(Outcome, "change", outcome.pk)
    before = Outcome.objects.values().get(pk=outcome.pk)

    response = staff.post(page, form_of(staff.get(page)))

    assert response.status_code == 302
    assert Outcome.objects.values().get(pk=outcome.pk) == before
    assert changed() == []


def test_what_i_did_not_touch_stays_as_somebody_else_has_changed_it(
    staff, other, draft, outcome
):
    goal = WellbeingGoalFactory(edition=draft, number=1)
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))

    other.post(
        page,
        theirs
        | {
            "narrative_cy": "Eu testun",
            "title_en": "Theirs",
            "wellbeing_goals": [goal.pk],
        },
    )
    response = staff.post(page, mine | {"narrative_en": "Mine"})

    assert response.status_code == 302
    outcome.refresh_from_db()
    assert (outcome.narrative_cy, outcome.narrative_en, outcome.title_en) == (
        *("Eu testun", "Mine"),
        "Theirs",
    )
    assert list(outcome.wellbeing_goals.all()) == [goal]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Somebody else changed this while you were editing."),
        ("cy", "Newidiodd rhywun arall hyn tra oeddech yn golygu."),
    ],
)
def test_what_both_changed_is_shown_once_and_then_saved(
    staff, other, outcome, language, says
):
    page = address(Outcome, "change", outcome.pk, language=language)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    mine |= {"narrative_en": "One\r\n\r\nmine <b>bold</b>"}
    other.post(page, theirs | {"narrative_en": "One\r\n\r\ntheirs <i>"})

    refused = staff.post(page, mine)
    outcome.refresh_from_db()
    stored = outcome.narrative_en
    again = staff.post(page, form_of(refused))

    assert refused.status_code == 200
    assert list(errors(refused)) == ["narrative_en"]
    html, said = refused.content.decode(), words(refused)
    assert says in said
    assert "Person" in said
    assert (
        '<span class="meanwhile__text" lang="en">One\n\ntheirs &lt;i&gt;</span>' in html
    )
    assert "mine &lt;b&gt;bold&lt;/b&gt;</textarea>" in html
    assert stored == "One\n\ntheirs <i>"
    assert again.status_code == 302
    outcome.refresh_from_db()
    assert outcome.narrative_en == "One\n\nmine <b>bold</b>"
    assert [details["before"]["narrative_en"] for details in changed()] == [
        "One\n\ntwo ",
        "One\n\ntheirs <i>",
    ]


def test_the_same_text_written_twice_is_no_conflict(staff, other, outcome):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))

    for browser, form in ((other, theirs), (staff, mine)):
        response = browser.post(page, form | {"narrative_en": "The same"})

    assert response.status_code == 302
    assert len(changed()) == 1


def test_a_third_change_is_shown_as_well(staff, other, outcome):
    page = address(Outcome, "change", outcome.pk)
    mine = form_of(staff.get(page)) | {"narrative_en": "Mine"}
    other.post(page, form_of(other.get(page)) | {"narrative_en": "Theirs"})
    refused = form_of(staff.post(page, mine))
    other.post(page, form_of(other.get(page)) | {"narrative_en": "Theirs again"})

    response = staff.post(page, refused)

    assert "Theirs again" in words(response)
    outcome.refresh_from_db()
    assert outcome.narrative_en == "Theirs again"


def test_what_was_not_shown_stays_unseen_where_the_page_is_refused_for_another_reason(
    staff, other, outcome
):
    page = address(Outcome, "change", outcome.pk)
    mine = form_of(staff.get(page))
    other.post(page, form_of(other.get(page)) | {"narrative_cy": "Eu testun"})

    refused = staff.post(page, mine | {"title_cy": "", "title_en": ""})
    staff.post(page, form_of(refused) | {"title_en": "Mended"})

    outcome.refresh_from_db()
    assert (outcome.narrative_cy, outcome.title_en) == ("Eu testun", "Mended")


def test_a_reference_and_a_date_are_compared_as_well(
    staff, other, board, other_officer
):
    group = PlanningGroupFactory(health_board=board)
    boards = [officer.health_board for officer in other_officer.memberships.all()]
    third = PlanningGroupFactory().health_board
    page = address(PlanningGroup, "change", group.pk)
    mine = form_of(staff.get(page)) | {"health_board": boards[0].pk}
    other.post(page, form_of(other.get(page)) | {"health_board": third.pk})

    refused = staff.post(page, mine)

    assert list(errors(refused)) == ["health_board"]
    assert str(third) in words(refused)
    assert staff.post(page, form_of(refused)).status_code == 302
    group.refresh_from_db()
    assert group.health_board == boards[0]


@pytest.mark.parametrize(
    "marks", ["{", "[]", '"x"', "{}", '{"gone": "x", "pk": 1}', "[" * 9_000]
)
def test_marks_that_are_no_marks_do_no_harm(staff, outcome, marks):
    page = address(Outcome, "change", outcome.pk)

    response = staff.post(page, form_of(staff.get(page)) | {"_seen": marks})

    assert response.status_code == 302


# Rows under it ----------------------------------------------------------------------------


def test_rows_are_compared_field_by_field(staff, other, outcome):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    other.post(
        page, theirs | {"criteria-0-text_cy": "Nhw", "criteria-1-text_cy": "Nhw"}
    )

    refused = staff.post(
        page, mine | {"criteria-0-text_en": "Mine", "criteria-1-text_cy": "Fi"}
    )
    again = staff.post(page, form_of(refused))

    (formset,) = (inline.formset for inline in refused.context["inline_admin_formsets"])
    assert [list(line) for line in formset.errors][:3] == [[], ["text_cy"], []]
    assert again.status_code == 302
    texts = outcome.criteria.order_by("level").values_list("text_cy", "text_en")
    assert list(texts)[:2] == [("Nhw", "Mine"), ("Fi", "Criterion 2.1")]


def test_what_was_typed_into_a_row_that_is_gone_becomes_a_new_row(
    staff, other, outcome
):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    other.post(page, theirs | {"criteria-0-DELETE": "on"})

    refused = staff.post(page, mine | {"criteria-0-text_en": "Mine, kept"})
    again = staff.post(page, form_of(refused))

    (formset,) = (inline.formset for inline in refused.context["inline_admin_formsets"])
    assert len(formset.non_form_errors()) == 1
    assert "Somebody else removed a row while you were editing it." in words(refused)
    assert "Mine, kept" in words(refused)
    assert again.status_code == 302
    assert list(outcome.criteria.values_list("level", "text_en")) == [
        (1, "Mine, kept"),
        (2, "Criterion 2.1"),
        (3, "Criterion 3.1"),
    ]


def test_a_row_that_is_gone_and_was_not_touched_is_nobodys_concern(
    staff, other, outcome
):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    other.post(page, theirs | {"criteria-0-DELETE": "on"})

    response = staff.post(page, mine | {"criteria-2-text_en": "Mine"})

    assert response.status_code == 302
    assert list(outcome.criteria.values_list("level", "text_en")) == [
        (2, "Criterion 2.1"),
        (3, "Mine"),
    ]


def test_a_row_that_somebody_has_changed_is_not_removed_unread(staff, other, outcome):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    other.post(page, theirs | {"criteria-0-text_en": "Theirs"})

    refused = staff.post(page, mine | {"criteria-0-DELETE": "on"})
    kept = Criterion.objects.filter(text_en="Theirs").count()
    again = staff.post(page, form_of(refused) | {"criteria-0-DELETE": "on"})

    assert "Somebody else changed this row while you were editing" in words(refused)
    assert kept == 1
    assert again.status_code == 302
    assert outcome.criteria.count() == 2


def test_a_row_that_somebody_has_added_is_left_alone(staff, other, outcome):
    page = address(Outcome, "change", outcome.pk)
    mine, theirs = form_of(staff.get(page)), form_of(other.get(page))
    new = {"level": 1, "number": 2, "text_cy": "Newydd", "text_en": "New"}
    other.post(
        page,
        theirs
        | {"criteria-TOTAL_FORMS": 4}
        | {f"criteria-3-{name}": value for name, value in new.items()},
    )

    response = staff.post(page, mine | {"narrative_en": "Mine"})

    assert response.status_code == 302
    assert outcome.criteria.count() == 4


# A thing that is gone ---------------------------------------------------------------------


@pytest.mark.parametrize("language", ["cy", "en"])
def test_what_was_typed_into_a_thing_that_is_gone_is_shown(
    staff, other, outcome, language
):
    page = address(Outcome, "change", outcome.pk, language=language)
    mine = form_of(staff.get(page))
    other.post(address(Outcome, "delete", outcome.pk), {"post": "yes"})

    response = staff.post(
        page,
        mine
        | {"narrative_en": "My <b>text</b>", "criteria-1-text_cy": "Fy maen prawf"},
    )

    html = response.content.decode()
    assert response.status_code == 409
    assert "My &lt;b&gt;text&lt;/b&gt;</p>" in html
    assert "Fy maen prawf</p>" in html
    assert "Person" in words(response)


def test_a_thing_that_never_was_is_no_page(staff):
    response = staff.get(address(Cluster, "change", 999), follow=True)

    assert response.redirect_chain[-1][0] == "/en/admin/"


# What it costs ----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_saving_costs_no_more_for_more_rows_that_nobody_touched(
    staff, outcome, django_assert_max_num_queries, count
):
    outcome.criteria.filter(level__gt=count).delete()
    page = address(Outcome, "change", outcome.pk)
    form = form_of(staff.get(page))

    with django_assert_max_num_queries(50) as asked:
        staff.post(page, form | {"narrative_en": "Mine"})

    assert outcome.criteria.count() == count
    assert len(asked.captured_queries) <= 32 + 4 * count
