"""Barriers and support needs beside what is written: chosen, kept, frozen, carried, and the list itself."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments import services
from assessments.models import AnswerVersion, NeedTag, Question, SubmittedNeed
from assessments.needs import is_in_use
from assessments.services.needs import NotLoaded, load_needs
from assessments.views.loading import reflection_url
from assessments.worksheets.writing import CHOICE
from organisations.models import AuditEvent
from reporting.pdf.reading import read_reflection
from tests.admin_steps import address, form_of
from tests.assessments.test_views import typed
from tests.assessments.test_worksheets import (
    changes,
    compared,
    filled_in,
    made,
)
from tests.factories import CycleFactory, NeedTagFactory, SelfReflectionFactory
from tests.factories.assessments import days_from_now
from tests.steps import entry, question_subject, save, sheet_of, stored, submit

pytestmark = pytest.mark.django_db

FILE = "fixtures/needs.json"


@pytest.fixture
def tags(db):
    """Time and staff get in the way; training would help. Distance can no longer be chosen."""
    return [
        NeedTagFactory(code="time", number=1, name_cy="Amser", name_en="Time"),
        NeedTagFactory(code="staff", number=2, name_cy="Staff", name_en="Workforce"),
        NeedTagFactory(
            code="distance",
            number=3,
            name_cy="Pellter",
            name_en="Distance",
            is_offered=False,
        ),
        NeedTagFactory(
            code="training",
            kind="support",
            name_cy="Hyfforddiant",
            name_en="Training",
        ),
    ]


@pytest.fixture
def page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def in_the_way(reflection):
    return question_subject(reflection, Question.IN_THE_WAY)


def chosen(client, page, *codes, **typed_too):
    """What the page sends when these are chosen to get in the way."""
    return typed(client, page, **{"in-the-way-choice": codes} | typed_too)


# Choosing -------------------------------------------------------------------------------


def test_several_are_chosen_beside_the_words(client, lead, reflection, page, tags):
    client.force_login(lead)

    client.post(
        page,
        chosen(client, page, "time", "staff", **{"in-the-way-text": "Words."}),
    )

    answer = stored(reflection, in_the_way(reflection))
    assert (answer.choice, answer.text) == ("staff time", "Words.")


def test_each_question_offers_its_own_and_none_that_is_withdrawn(
    client, lead, reflection, page, tags
):
    client.force_login(lead)

    with override("cy"):
        form = client.get(page.replace("/en/", "/cy/")).context["form"]

        assert [
            [label for _code, label in form.fields[f"{key}-choice"].widget.choices]
            for key in ("in-the-way", "support-needed")
        ] == [["Amser", "Staff"], ["Hyfforddiant"]]


def test_what_was_withdrawn_stays_where_it_was_chosen(
    client, lead, reflection, page, tags
):
    save(reflection, entry(in_the_way(reflection), choice="distance"), by=lead)
    client.force_login(lead)

    form = client.get(page).context["form"]

    field = form["in-the-way-choice"]
    assert field.value() == ["distance"]
    assert [code for code, _label in field.field.widget.choices] == [
        "time",
        "staff",
        "distance",
    ]


@pytest.mark.parametrize("codes", [["nothing"], ["training"], ["time", "x" * 500]])
def test_what_the_question_is_not_answered_with_is_refused(
    client, lead, reflection, page, tags, codes
):
    client.force_login(lead)

    reply = client.post(page, chosen(client, page, *codes))

    assert reply.status_code == 422
    assert list(reply.context["form"].errors) == ["in-the-way-choice"]
    assert AnswerVersion.objects.count() == 0


def test_more_than_an_answer_can_hold_is_refused_in_words(
    client, lead, reflection, page
):
    many = [NeedTagFactory(code=f"{'x' * 25}-{number}") for number in range(20)]
    client.force_login(lead)

    reply = client.post(page, chosen(client, page, *(tag.code for tag in many)))

    assert reply.context["form"].errors == {
        "in-the-way-choice": ["Too many are chosen. Choose fewer."]
    }


@pytest.mark.parametrize("choice", ["training", "nothing", "time staff", "time  staff"])
def test_the_service_takes_no_other_choice(reflection, lead, tags, choice):
    with pytest.raises(services.ForeignSubject):
        save(reflection, entry(in_the_way(reflection), choice=choice), by=lead)


def test_two_who_chose_are_shown_each_others_names(
    client, lead, contributor, reflection, page, tags
):
    client.force_login(lead)
    data = chosen(client, page, "time")
    save(reflection, entry(in_the_way(reflection), choice="staff"), by=contributor)

    reply = client.post(page, data)

    row = next(row for row in reply.context["form"].rows if row.conflict)
    assert (row.theirs_in_words, row.choice.value()) == ("Workforce", ["time"])
    assert "Workforce" in reply.content.decode()


# As it was submitted --------------------------------------------------------------------


@pytest.fixture
def submitted(reflection, lead, tags):
    """Time and distance were chosen, and have other names since."""
    save(reflection, entry(in_the_way(reflection), choice="distance time"), by=lead)
    save(
        reflection,
        entry(question_subject(reflection, Question.SUPPORT_NEEDED), choice="training"),
        by=lead,
    )
    submission = submit(reflection, by=lead)
    NeedTag.objects.filter(code="time").update(name_cy="Newydd", name_en="New")
    return submission


@pytest.mark.parametrize(
    ("language", "names"), [("cy", "Amser, Pellter"), ("en", "Time, Distance")]
)
def test_a_submission_has_the_names_of_its_time_in_the_readers_language(
    client, officer, submitted, reflection, language, names
):
    client.force_login(officer)
    arguments = [reflection.cycle.code, reflection.cluster.code, submitted.number]

    with override(language):
        html = client.get(
            reverse("assessments:submission_detail", args=arguments)
        ).content.decode()

        report = read_reflection(
            json.loads(submitted.content),
            number=1,
            moment=timezone.now(),
            language=language,
            agreed={},
        )
    assert f"<strong>{names}</strong>" in html
    assert report.modules[0].outcomes[0].answers[1].chosen == tuple(names.split(", "))


def test_what_was_chosen_is_stored_where_it_can_be_counted(submitted):
    rows = SubmittedNeed.objects.order_by("tag__code")

    assert list(rows.values_list("tag__code", "question", "submission")) == [
        ("distance", "in_the_way", submitted.pk),
        ("time", "in_the_way", submitted.pk),
        ("training", "support_needed", submitted.pk),
    ]


def test_the_next_cycle_carries_what_can_still_be_chosen(
    client, lead, cluster, edition, submitted
):
    cycle = CycleFactory(code="2031", edition=edition, opens_at=days_from_now(-0.5))
    now = SelfReflectionFactory(cycle=cycle, cluster=cluster)
    client.force_login(lead)
    url = reflection_url("outcome_edit", now, module="LEVELS", number=1)

    offered = client.get(url).content.decode()
    reply = client.post(url, typed(client, url, carry="in-the-way"), follow=True)

    assert "Last cycle: Time, Distance" in offered
    assert reply.context["form"]["in-the-way-choice"].value() == ["time"]


# On a worksheet -------------------------------------------------------------------------


def test_a_worksheet_takes_several_in_one_cell(reflection, lead, tags):
    content = filled_in(
        made(reflection),
        {
            ("LEVELS-1-in_the_way", CHOICE): "Amser / Time\nworkforce",
            ("support_overall", CHOICE): "hyfforddiant;",
        },
    )

    assert changes(compared(reflection, content)) == {
        "LEVELS-1-in_the_way": ("staff time", "", None),
        "support_overall": ("training", "", None),
    }


def test_a_worksheet_comes_back_as_it_went_out(reflection, lead, tags):
    save(reflection, entry(in_the_way(reflection), choice="distance time"), by=lead)

    assert changes(compared(reflection, made(reflection))) == {}
    assert (
        sheet_of(reflection).answers[in_the_way(reflection)].choice == "distance time"
    )


# The list -------------------------------------------------------------------------------


def test_the_list_is_loaded_as_often_as_one_likes():
    said = io.StringIO()
    call_command("load_needs", FILE, stdout=said)
    NeedTag.objects.filter(code="time").update(name_en="Edited")

    call_command("load_needs", FILE, stdout=said)

    assert said.getvalue() == "24 added\n0 added\n"
    assert NeedTag.objects.get(code="time").name_en == "Edited"
    assert AuditEvent.objects.filter(subject_type="assessments.needtag").count() == 24


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff",
        b"[]",
        b'{"barrier": {}}',
        b'{"barrier": [{"code": "a"}]}',
        b'{"barrier": [{"code": "a b", "name": {"cy": "A", "en": "A"}}]}',
        b'{"support": [{"code": "a", "name": {"cy": "A"}}]}',
        b'{"barrier": [{"code": "a", "name": {"cy": "A", "en": ""}}]}',
    ],
)
def test_a_bad_list_changes_nothing(raw):
    with pytest.raises(NotLoaded):
        load_needs(raw=raw, by=None)

    assert NeedTag.objects.count() == 0


def test_a_list_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_needs", tmp_path / "none.json")


def test_an_administrator_puts_a_new_one_in_its_place(client, superuser, tags):
    client.force_login(superuser)
    form = form_of(client.get(address(NeedTag, "add")))
    form |= {
        "name_cy": ["Adeiladau"],
        "name_en": ["Premises"],
        "kind": ["barrier"],
        "code": ["premises"],
        "number": ["2"],
    }

    client.post(address(NeedTag, "add"), form)

    assert list(NeedTag.objects.in_order().values_list("code", "number")) == [
        ("time", 1),
        ("premises", 2),
        ("staff", 3),
        ("distance", 4),
        ("training", tags[3].number),
    ]
    assert list(
        AuditEvent.objects.filter(subject_type="assessments.needtag")
        .order_by("pk")
        .values_list("kind", "details__before", "details__after__number")
    ) == [
        ("changed", {"number": 2}, 3),
        ("changed", {"number": 3}, 4),
        ("added", None, 2),
    ]


def test_an_administrator_withdraws_what_is_in_use_and_removes_what_is_not(
    client, superuser, reflection, lead, tags
):
    save(reflection, entry(in_the_way(reflection), choice="time"), by=lead)
    client.force_login(superuser)
    time, staff = tags[:2]
    form = form_of(client.get(address(NeedTag, "change", time.pk)))
    del form["is_offered"]

    client.post(address(NeedTag, "change", time.pk), form)
    refused = client.post(address(NeedTag, "delete", time.pk), {"post": "yes"})
    client.post(address(NeedTag, "delete", staff.pk), {"post": "yes"})

    assert refused.status_code == 403
    assert list(
        NeedTag.objects.filter(kind="barrier").values_list("code", "is_offered")
    ) == [("time", False), ("distance", False)]


@pytest.mark.parametrize("code", ["time", "time-off", "off"])
def test_one_is_in_use_by_its_whole_code(reflection, lead, tags, code):
    other = NeedTagFactory(code="time-off")
    NeedTagFactory(code="off")
    save(reflection, entry(in_the_way(reflection), choice=other.code), by=lead)

    assert is_in_use(NeedTag.objects.get(code=code)) is (code == "time-off")
