"""The history of what administrators change: what is written down, and how it is shown."""

import datetime
import re

import pytest
from django.utils import timezone

from assessments.models import Answer
from frameworks.models import Criterion, Edition, Outcome
from organisations.admin_base.history import history_page, shown, subjects_under
from organisations.audit import (
    record_added,
    record_changed,
    record_removed,
    values,
)
from organisations.models import (
    AuditEvent,
    Invitation,
    Membership,
    PlanningGroup,
    User,
)
from tests.admin_steps import address, form_of
from tests.factories import (
    EditionFactory,
    PlanningGroupFactory,
    UserFactory,
    WellbeingGoalFactory,
)

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind
PASSWORD = "correct-horse-battery"


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def draft(db):
    return EditionFactory(code="draft", draft=True, levelled=True)


@pytest.fixture
def outcome(draft):
    return Outcome.objects.get(module__edition=draft)


@pytest.fixture
def group(board):
    return PlanningGroupFactory(
        health_board=board, code="group", name_cy="Enw", name_en="Name"
    )


def events():
    found = AuditEvent.objects.exclude(kind__startswith="signed").order_by("pk")
    return [(event.kind, event.subject_type, event.details) for event in found]


def text(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


# What is written down ---------------------------------------------------------------------


def test_values_are_all_that_a_row_holds_in_both_languages(outcome, draft):
    goals = WellbeingGoalFactory.create_batch(2, edition=draft)
    outcome.wellbeing_goals.set(goals[::-1])

    held = values(outcome)

    assert held["title_cy"] == outcome.title_cy
    assert held["title_en"] == outcome.title_en
    assert held["module"] == outcome.module_id
    assert held["note_cy"] == ""
    assert held["wellbeing_goals"] == [goal.pk for goal in goals]
    assert {"title", "id"} & held.keys() == set()


def test_secrets_are_never_written(lead):
    lead.set_password(PASSWORD)
    lead.last_login = timezone.now()
    lead.save()
    invitation = Invitation(secret_hash="0123456789abcdef")

    assert values(lead).keys() == {
        *("email", "name", "language", "is_active", "is_superuser", "joined_at"),
        *("large_print", "plain_text_emails", "email_rhythm"),
    }
    assert "secret_hash" not in values(invitation)
    assert invitation.secret_hash not in str(values(invitation))


def test_what_clusters_write_is_never_written(reflection):
    answer = Answer(reflection=reflection, text="Ours alone")

    assert (values(answer), values(reflection)) == ({}, {})


def test_an_added_row_a_changed_one_and_a_removed_one(group, lead):
    record_added(group, by=lead)
    before = values(group)
    group.name_en = "Renamed"
    record_changed(group, before, by=lead, reason="It moved")
    record_changed(group, values(group), by=lead)
    record_removed(group, by=lead)

    subject = "organisations.planninggroup"
    assert events() == [
        (Kind.ADDED, subject, {"after": before}),
        (
            Kind.CHANGED,
            subject,
            {
                "before": {"name_en": "Name"},
                "after": {"name_en": "Renamed"},
                "reason": "It moved",
            },
        ),
        (
            Kind.REMOVED,
            subject,
            {"name": "Renamed", "before": before | {"name_en": "Renamed"}},
        ),
    ]


def test_what_goes_with_something_has_events_of_its_own(outcome, draft, lead):
    WellbeingGoalFactory(edition=draft).outcomes.add(outcome)

    record_removed(outcome, by=lead)

    assert [event[:2] for event in events()] == [
        (Kind.REMOVED, "frameworks.outcome"),
        *[(Kind.REMOVED, "frameworks.criterion")] * 3,
    ]


def test_the_admin_writes_rows_links_and_long_texts_whole(staff, outcome, draft):
    goal = WellbeingGoalFactory(edition=draft)
    criterion = outcome.criteria.get(level=1)
    page = address(Outcome, "change", outcome.pk)
    form = form_of(staff.get(page))
    long = "Gair <b>\n" * 4_000

    staff.post(
        page,
        form
        | {
            "narrative_cy": long,
            "wellbeing_goals": [goal.pk],
            "criteria-0-text_en": "Changed",
            "criteria-1-DELETE": "on",
        },
    )

    (removed, changed, row) = events()
    assert removed[:2] == (Kind.REMOVED, "frameworks.criterion")
    assert removed[2]["before"]["text_en"] == "Criterion 2.1"
    assert changed[:2] == (Kind.CHANGED, "frameworks.outcome")
    assert changed[2]["after"]["narrative_cy"] == long.strip()
    assert changed[2]["after"]["wellbeing_goals"] == [goal.pk]
    assert changed[2]["before"]["wellbeing_goals"] == []
    assert row[:2] == (Kind.CHANGED, "frameworks.criterion")
    assert row[2]["before"]["text_en"] == criterion.text_en
    assert row[2]["after"]["text_en"] == "Changed"


def test_a_password_given_in_the_admin_is_nowhere_in_the_audit(staff, lead):
    page = address(User, "change", lead.pk)

    staff.post(
        f"/en/admin/organisations/user/{lead.pk}/password/",
        {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
    )
    staff.post(page, form_of(staff.get(page)) | {"name": "Renamed"})

    lead.refresh_from_db()
    assert lead.check_password(PASSWORD)
    assert [event[0] for event in events()] == [Kind.PASSWORD_CHANGED, Kind.CHANGED]
    assert PASSWORD not in str(events())
    assert lead.password not in str(events())


# What a history consists of ---------------------------------------------------------------


def test_the_history_of_a_whole_is_that_of_its_parts_also_of_removed_and_moved_ones(
    outcome, lead
):
    stays, goes, moves = outcome.criteria.order_by("level")
    other = EditionFactory(code="other", draft=True, levelled=True)
    elsewhere = Outcome.objects.get(module__edition=other)
    record_removed(goes, by=lead)
    number = goes.pk
    goes.delete()
    before = values(moves)
    moves.outcome, moves.number = elsewhere, 2
    moves.save()
    record_changed(moves, before, by=lead)

    found = subjects_under(Edition, outcome.module.edition_id)

    assert found[Outcome] == {outcome.pk}
    assert found[Criterion] == {stays.pk, number, moves.pk}


# How it is shown --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ["Changed", "1 March 2030, 10:30", "Narrative", "(Cymraeg)", "[added]"]),
        (
            "cy",
            [
                "Newidiwyd",
                "1 Mawrth 2030, 10:30",
                "Naratif",
                "(Cymraeg)",
                "[ychwanegwyd]",
            ],
        ),
    ],
)
def test_a_change_is_shown_word_by_word_with_who_and_when(
    staff, outcome, administrator, language, says
):
    before = values(outcome)
    outcome.narrative_cy = "Hen <script>alert(1)</script> air newydd"
    before["narrative_cy"] = "Hen <script>alert(1)</script> air"
    event = record_changed(outcome, before, by=administrator)
    at = datetime.datetime(2030, 3, 1, 10, 30, tzinfo=datetime.UTC)
    # Written down at that hour: an event is never changed.
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                kind=event.kind,
                at=at,
                by=administrator,
                subject_type=event.subject_type,
                subject_id=event.subject_id,
                details=event.details,
            )
        ]
    )

    page = staff.get(address(Outcome, "history", outcome.pk, language=language))

    html, said = page.content.decode(), text(page)
    assert page.status_code == 200
    assert [word for word in [*says, str(administrator)] if word not in said] == []
    assert "Hen &lt;script&gt;alert(1)&lt;/script&gt; air" in html
    assert "<script>alert" not in html


def test_values_are_shown_as_people_read_them(draft, board):
    fields = {field.name: field for field in Membership._meta.get_fields()}
    group = PlanningGroup._meta.get_field("health_board")
    names = {(type(board), str(board.pk)): "The board"}
    criterion = Criterion._meta.get_field("text_states")

    assert shown(fields["role"], "cluster_lead") == "cluster lead"
    assert shown(fields["starts_on"], "2030-03-01") == "1 March 2030"
    assert (
        shown(fields["ended_at"], "2030-07-01T09:30:00+00:00") == "1 July 2030, 10:30"
    )
    assert shown(group, board.pk, names) == "The board"
    assert shown(group, 999, names) == "health board 999"
    assert shown(User._meta.get_field("is_active"), False) == "No"
    assert shown(criterion, {"text": {"cy": "draft"}}) == "Text (Cymraeg): draft"
    assert shown(None, None) == ""
    assert shown(None, {"a": 1}) == "a: 1"


def test_older_events_name_their_fields(staff, group, administrator):
    AuditEvent.objects.create(
        kind=Kind.CHANGED,
        by=administrator,
        subject_type="organisations.planninggroup",
        subject_id=str(group.pk),
        details={"fields": ["name_cy", "gone"]},
    )

    page = staff.get(address(PlanningGroup, "history", group.pk))

    assert "Changed : Name, gone" in text(page).replace(":", " :").replace("  ", " ")


def test_the_history_of_a_removed_thing_can_still_be_read(staff, group):
    staff.post(address(PlanningGroup, "delete", group.pk), {"post": "yes"})

    page = staff.get(address(PlanningGroup, "history", group.pk))

    assert page.status_code == 200
    assert "What was there" in text(page)
    assert "Pan-cluster planning group: Name" in text(page)


def test_a_history_that_is_empty_says_so(staff, group):
    page = staff.get(address(PlanningGroup, "history", group.pk))

    assert "Nothing has been written down about this yet." in text(page)


def test_a_change_page_leads_to_its_history(staff, group):
    page = staff.get(address(PlanningGroup, "change", group.pk)).content.decode()

    assert f'href="{address(PlanningGroup, "history", group.pk)}"' in page


@pytest.mark.parametrize("person", ["lead", "officer", "national"])
def test_nobody_but_administrators_reads_it(client, request, person, group):
    client.force_login(request.getfixturevalue(person))

    page = client.get(address(PlanningGroup, "history", group.pk), follow=True)

    assert page.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_a_history_costs_the_same_however_long_it_is(
    staff, outcome, django_assert_num_queries, count
):
    outcome.criteria.filter(level__gt=count).delete()
    for criterion in outcome.criteria.all():
        before = values(criterion)
        criterion.text_en = "Changed"
        record_changed(criterion, before, by=UserFactory())

    with django_assert_num_queries(HISTORY_OF_AN_OUTCOME):
        page = staff.get(address(Outcome, "history", outcome.pk))

    assert len(page.context["page"].object_list) == count


HISTORY_OF_AN_OUTCOME = 13


def test_a_long_history_has_pages(staff, group, administrator):
    for number in range(45):
        before = values(group)
        group.name_en = f"Name {number}"
        record_changed(group, before, by=administrator)

    pages = [
        staff.get(address(PlanningGroup, "history", group.pk), {"p": number})
        for number in (1, 3, 99)
    ]

    assert [len(page.context["page"].object_list) for page in pages] == [20, 5, 5]
    assert "Page 3 of 3" in text(pages[1])
    newest = history_page({PlanningGroup: {group.pk}}, 1).object_list[0]
    assert newest.changes[0].after == "Name 44"
