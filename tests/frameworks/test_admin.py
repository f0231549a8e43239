"""Django admin for the framework and the cycles: what is frozen, what is written down."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessments.models import Cycle, SelfReflection
from frameworks import services
from frameworks.exchange import dump, load
from frameworks.models import (
    LANGUAGES,
    Criterion,
    Edition,
    LogicModelEntry,
    Module,
    Outcome,
    TextState,
)
from organisations.models import AuditEvent
from tests.factories import (
    ClusterFactory,
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    OutcomeFactory,
    SelfReflectionFactory,
    TransformationPrincipleFactory,
    UserFactory,
    WellbeingGoalFactory,
)
from tests.frameworks.test_framework_fixture import FIXTURES

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind
FROZEN = [Edition.Status.PUBLISHED, Edition.Status.RETIRED]


@pytest.fixture
def staff(client, administrator):
    """The administrator's browser."""
    client.force_login(administrator)
    return client


@pytest.fixture
def draft(db):
    return EditionFactory(code="draft", draft=True, levelled=True)


def address(model, page, *args):
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def events():
    found = AuditEvent.objects.filter(kind__in=[Kind.ADDED, Kind.CHANGED, Kind.REMOVED])
    return [
        (event.kind, event.subject_type, told(event.details))
        for event in found.order_by("pk")
    ]


def told(details):
    """Of what was there before and after, only in which fields."""
    if "name" in details:
        return {"name": details["name"]}
    if "before" in details:
        return {"fields": [name for name in details["after"] if name != "text_states"]}
    if "after" in details:
        return {"fields": [name for name, value in details["after"].items() if value]}
    return details


def sent(page):
    """What a browser sends back from a page of the admin when nothing was typed."""
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    return {
        form.add_prefix(name): field.prepare_value(value)
        for form in forms
        for name, field in form.fields.items()
        if (value := form.get_initial_for_field(field, name)) not in (None, "", [])
    }


def checked(edition):
    """Settle every text of a draft, as if somebody had read it."""
    for language in LANGUAGES:
        services.mark_unofficial(
            edition=edition, language=language, by=UserFactory(administrator=True)
        )


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# What lists cost ------------------------------------------------------------------------


def logic_model_entries(count):
    outcome = OutcomeFactory()
    LogicModelEntryFactory.create_batch(count, outcome=outcome)


@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize(
    ("model", "queries", "make"),
    [
        (Edition, 8, EditionFactory.create_batch),
        (Module, 9, ModuleFactory.create_batch),
        (Outcome, 10, OutcomeFactory.create_batch),
        (Criterion, 9, CriterionFactory.create_batch),
        (LogicModelEntry, 10, logic_model_entries),
        (Cycle, 8, CycleFactory.create_batch),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(
    staff, django_assert_num_queries, model, queries, make, count
):
    make(count)

    with django_assert_num_queries(queries):
        page = staff.get(address(model, "changelist"))

    assert page.context["cl"].result_count == model.objects.count() == count


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_page_of_an_outcome_costs_the_same_however_many_criteria(
    staff, draft, django_assert_num_queries, count
):
    outcome = Outcome.objects.get(module__edition=draft)
    for number in range(2, count + 1):
        CriterionFactory(outcome=outcome, level=1, number=number)
    ContentType.objects.get_for_model(
        Outcome
    )  # asked for once in the life of a process

    with django_assert_num_queries(17):
        staff.get(address(Outcome, "change", outcome.pk))


@pytest.mark.parametrize("person", ["lead", "officer", "national"])
@pytest.mark.parametrize(
    "model", [Edition, Module, Outcome, Criterion, LogicModelEntry, Cycle]
)
def test_only_administrators_get_in(client, request, person, model):
    client.force_login(request.getfixturevalue(person))

    for page in ("changelist", "add"):
        assert client.get(address(model, page), follow=True).status_code == 403
        assert client.post(address(model, page), follow=True).status_code == 403

    assert model.objects.count() == 0 or model is Cycle


def test_no_page_needs_an_inline_style_or_script(staff, edition, draft):
    outcome = Outcome.objects.filter(module__edition=edition).first()
    pages = [
        address(Edition, "change", edition.pk),
        address(Edition, "change", draft.pk),
    ]
    pages += [address(Outcome, "change", outcome.pk), address(Cycle, "add")]
    pages += [address(Module, "delete", draft.modules.get().pk)]
    pages += [address(Criterion, "changelist")]
    for model in (Edition, Module, Outcome, LogicModelEntry):
        pages += [address(model, "changelist"), address(model, "add")]
    inline = re.compile(r"<style|<script(?![^>]* src=)|<[^>]+ (?:style|on[a-z]+)=")

    for page in pages:
        response = staff.get(page)
        assert response.status_code == 200
        assert inline.findall(response.content.decode()) == []


# A published edition keeps its words ----------------------------------------------------


@pytest.fixture(params=FROZEN)
def frozen(request, edition):
    """An edition that was published, with one of everything in it."""
    WellbeingGoalFactory(edition=edition, number=1)
    TransformationPrincipleFactory(edition=edition, number=1)
    edition.status = request.param
    edition.save()
    return edition


def parts(edition):
    """One thing of each kind in the edition that has a page of its own."""
    module = edition.modules.get(code="LEVELS")
    outcome = module.outcomes.get(number=1)
    return [edition, module, outcome, outcome.criteria.get(level=1)]


def open_fields(page):
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += inline.formset.forms
    return {name for form in forms for name in form.fields} - {"id"}


def test_only_what_is_not_the_publications_own_stays_open(staff, frozen):
    notes = {"editor_note_cy", "editor_note_en"}

    found = [
        open_fields(staff.get(address(type(part), "change", part.pk)))
        - {"edition", "outcome"}
        for part in parts(frozen)
    ]

    assert found == [
        notes | {"goal_links_are_suggested"},
        notes | {"has_one_logic_model"},
        notes | {"wellbeing_goals", "quadruple_aims"},
        notes,
    ]


@pytest.mark.parametrize("name", ["edition", "module", "outcome", "criterion"])
def test_a_page_that_was_open_before_publishing_changes_no_words(staff, draft, name):
    part = parts_of_draft(draft)[name]
    page = address(type(part), "change", part.pk)
    fields = sent(staff.get(page))
    typed = {name: "Changed" for name in fields if name.endswith(("_cy", "_en"))} | {
        "number": 77,
        "code": "changed",
        "level": 3,
    }
    before = dump(draft)
    Edition.objects.filter(pk=draft.pk).update(status=Edition.Status.PUBLISHED)

    response = staff.post(page, fields | typed)

    text = response.content.decode()
    assert response.status_code == 409
    assert "The edition was published while you were editing" in text
    assert "Changed" in text
    assert dump(draft) == before
    assert events() == []


@pytest.mark.parametrize("name", ["edition", "module", "outcome", "criterion"])
def test_what_is_published_while_it_is_saved_is_refused_kindly(
    staff, draft, name, monkeypatch
):
    """The page looks at the edition, somebody publishes it, and then the page saves."""
    part = parts_of_draft(draft)[name]
    page = address(type(part), "change", part.pk)
    fields = sent(staff.get(page))
    save = type(part).save
    before = dump(draft)

    def save_too_late(self, *args, **kwargs):
        Edition.objects.filter(pk=draft.pk).update(status=Edition.Status.PUBLISHED)
        save(self, *args, **kwargs)

    monkeypatch.setattr(type(part), "save", save_too_late)
    column = "text_en" if name == "criterion" else "title_en"

    response = staff.post(page, fields | {column: "Changed"})

    assert response.status_code == 409
    assert "Changed" in response.content.decode()
    assert dump(draft) == before
    assert events() == []


def parts_of_draft(draft):
    module = draft.modules.get()
    outcome = module.outcomes.get()
    return {
        "edition": draft,
        "module": module,
        "outcome": outcome,
        "criterion": outcome.criteria.get(level=1),
    }


def test_a_note_of_an_editor_is_saved_and_written_down(staff, frozen):
    for part in parts(frozen):
        page = address(type(part), "change", part.pk)
        fields = sent(staff.get(page))

        staff.post(page, fields | {"editor_note_cy": "Nodyn", "editor_note_en": "Note"})

        part.refresh_from_db()
        assert (part.editor_note_cy, part.editor_note_en) == ("Nodyn", "Note")
    details = {"fields": ["editor_note_cy", "editor_note_en"]}
    assert events() == [
        (Kind.CHANGED, f"frameworks.{name}", details)
        for name in ("edition", "module", "outcome", "criterion")
    ]


def test_notes_on_criteria_are_saved_from_the_page_of_their_outcome(staff, frozen):
    outcome = parts(frozen)[2]
    page = address(Outcome, "change", outcome.pk)
    fields = sent(staff.get(page))

    staff.post(
        page,
        fields | {"criteria-0-editor_note_en": "Note", "criteria-0-DELETE": "on"},
    )

    criterion = outcome.criteria.get(level=1)
    assert (criterion.editor_note_en, criterion.text_en) == ("Note", "Criterion 1.1")
    assert events() == [
        (Kind.CHANGED, "frameworks.criterion", {"fields": ["editor_note_en"]})
    ]


def test_links_to_goals_are_changed_within_the_edition(staff, frozen):
    outcome, goal = parts(frozen)[2], frozen.wellbeinggoals.get()
    foreign = WellbeingGoalFactory()
    page = address(Outcome, "change", outcome.pk)
    fields = sent(staff.get(page))

    refused = staff.post(page, fields | {"wellbeing_goals": [foreign.pk]})
    staff.post(page, fields | {"wellbeing_goals": [goal.pk]})

    assert "wellbeing_goals" in refused.context["adminform"].form.errors
    assert list(outcome.wellbeing_goals.all()) == [goal]
    assert events() == [
        (Kind.CHANGED, "frameworks.outcome", {"fields": ["wellbeing_goals"]})
    ]


def test_nothing_in_it_is_deleted(client, superuser, frozen):
    client.force_login(superuser)
    before = dump(frozen)

    for part in parts(frozen):
        page = client.post(address(type(part), "delete", part.pk), {"post": "yes"})
        assert page.status_code == 409
        assert "It belongs to an edition that was published" in page.content.decode()

    assert dump(frozen) == before


def test_nothing_is_added_to_it(staff, frozen):
    _, module, _, _ = parts(frozen)
    before = dump(frozen)
    new = {"title_cy": "Newydd", "title_en": "New", "number": 50}

    pages = [
        staff.post(address(Module, "add"), new | {"edition": frozen.pk}),
        staff.post(address(Outcome, "add"), new | {"module": module.pk}),
    ]

    wrong = [set(page.context["adminform"].form.errors) for page in pages]
    assert ["edition" in wrong[0], "module" in wrong[1]] == [True, True]
    assert staff.get(address(Criterion, "add")).status_code == 403
    assert dump(frozen) == before


def test_no_line_is_added_changed_or_removed_on_its_page(staff, frozen):
    page = address(Edition, "change", frozen.pk)
    before = dump(frozen)

    staff.post(
        page,
        {
            "transformationprinciples-TOTAL_FORMS": "2",
            "transformationprinciples-INITIAL_FORMS": "1",
            "transformationprinciples-0-id": frozen.transformationprinciples.get().pk,
            "transformationprinciples-0-edition": frozen.pk,
            "transformationprinciples-0-DELETE": "on",
            "transformationprinciples-1-number": "9",
            "transformationprinciples-1-text_cy": "Newydd",
            "transformationprinciples-1-text_en": "New",
        },
    )

    assert dump(frozen) == before


def test_a_logic_model_can_be_filled_in(staff, frozen):
    _, module, outcome, _ = parts(frozen)
    entry = {"kind": "input", "number": 1, "text_cy": "Amser", "text_en": "Time"}
    page = address(LogicModelEntry, "add")

    staff.post(page, entry | {"outcome": outcome.pk, "level": 2})
    staff.post(page, entry | {"module": module.pk})

    found = LogicModelEntry.objects.values_list("module", "outcome", "level")
    assert set(found) == {(None, outcome.pk, 2), (module.pk, None, None)}
    assert [event[:2] for event in events()] == [
        (Kind.ADDED, "frameworks.logicmodelentry")
    ] * 2


def test_a_logic_model_entry_is_of_one_thing_and_has_no_level_where_there_is_none(
    staff, frozen
):
    _, module, outcome, _ = parts(frozen)
    other = frozen.modules.get(code="SIGNS")
    entry = {"kind": "input", "number": 1, "text_cy": "Amser", "text_en": "Time"}
    one = ["Choose an outcome, or a module, but not both."]

    wrong = [
        staff.post(address(LogicModelEntry, "add"), entry | fields)
        .context["adminform"]
        .form.errors
        for fields in (
            {},
            {"module": module.pk, "outcome": outcome.pk},
            {"module": other.pk, "level": 1},
        )
    ]

    assert wrong == [
        {"outcome": one},
        {"outcome": one},
        {"level": ["This module has no maturity levels."]},
    ]
    assert LogicModelEntry.objects.count() == 0


# Drafts ---------------------------------------------------------------------------------


def test_a_draft_is_built_and_published(staff):
    both = {"title_cy": "Newydd", "title_en": "New"}
    staff.post(
        address(Edition, "add"),
        both
        | {
            "code": "2031",
            "issued": "2031-01",
            "publisher_cy": "P",
            "publisher_en": "P",
            "source_cy": "S",
            "source_en": "S",
            "licence_note_cy": "L",
            "licence_note_en": "L",
        },
    )
    edition = Edition.objects.get(code="2031")
    assert edition.status == Edition.Status.DRAFT
    staff.post(
        address(Module, "add"),
        both
        | {
            "edition": edition.pk,
            "number": 1,
            "code": "M",
            "uses_levels": "on",
            "highest_level": 2,
            "abbreviation_cy": "M",
            "abbreviation_en": "M",
            "criteria_heading_cy": "Meini prawf",
            "criteria_heading_en": "Criteria",
        },
    )
    staff.post(
        address(Outcome, "add"),
        both | {"module": edition.modules.get().pk, "number": 1},
    )
    outcome = Outcome.objects.get()
    page = address(Outcome, "change", outcome.pk)
    staff.post(
        page,
        sent(staff.get(page))
        | {
            "criteria-TOTAL_FORMS": "1",
            "criteria-0-level": 1,
            "criteria-0-number": 1,
            "criteria-0-text_cy": "Maen prawf",
            "criteria-0-text_en": "Criterion",
        },
    )

    checked(edition)

    staff.post(address(Edition, "publish", edition.pk))

    edition.refresh_from_db()
    assert edition.is_published
    found = events()
    assert [event[:2] for event in found[:4]] == [
        (Kind.ADDED, "frameworks.edition"),
        (Kind.ADDED, "frameworks.module"),
        (Kind.ADDED, "frameworks.outcome"),
        (Kind.ADDED, "frameworks.criterion"),
    ]
    assert found[-1] == (Kind.CHANGED, "frameworks.edition", {"fields": ["status"]})


def test_in_a_draft_one_language_is_enough(staff, draft):
    outcome = Outcome.objects.get()
    page = address(Outcome, "change", outcome.pk)
    fields = sent(staff.get(page))

    response = staff.post(page, fields | {"title_en": "", "criteria-0-text_cy": ""})

    assert response.status_code == 302
    outcome.refresh_from_db()
    criterion = outcome.criteria.order_by("level", "number").first()
    assert (outcome.text_in("title", "en"), criterion.text_in("text", "cy")) == ("", "")
    assert outcome.text_state("title", "en") == TextState.MISSING
    assert criterion.text_state("text", "cy") == TextState.MISSING
    assert str(outcome) == f"{outcome.number}. {outcome.title_cy}"


def test_a_text_is_written_in_one_language_at_least(staff, draft):
    page = address(Outcome, "change", Outcome.objects.get().pk)
    fields = sent(staff.get(page))

    response = staff.post(
        page,
        fields
        | {"title_cy": "", "title_en": ""}
        | {"criteria-0-text_cy": "", "criteria-0-text_en": ""},
    )

    inline = response.context["inline_admin_formsets"][0].formset
    asked = (
        "Write this in at least one language. Before publishing, it is needed in both."
    )
    assert response.context["adminform"].form.errors == {"title_cy": [asked]}
    assert inline.errors[0] == {"text_cy": [asked]}


def test_a_criterion_has_a_level_where_its_module_has_levels(staff):
    edition = EditionFactory(draft=True)
    module = ModuleFactory(edition=edition, outcomes=1)
    page = address(Outcome, "change", module.outcomes.get().pk)

    response = staff.post(page, sent(staff.get(page)) | {"criteria-0-level": ""})

    inline = response.context["inline_admin_formsets"][0].formset
    assert inline.errors[0] == {
        "level": ["Criteria of this module have a maturity level."]
    }


@pytest.mark.parametrize(
    ("levels", "offered"),
    [
        ({"uses_levels": False}, None),
        ({"highest_level": 2}, ["", 1, 2]),
        ({}, ["", 1, 2, 3]),
    ],
)
def test_only_the_levels_of_the_module_are_offered(staff, levels, offered):
    edition = EditionFactory(draft=True)
    module = ModuleFactory(edition=edition, outcomes=1, **levels)

    page = staff.get(address(Outcome, "change", module.outcomes.get().pk))

    fields = page.context["inline_admin_formsets"][0].formset.empty_form.fields
    field = fields.get("level")
    assert (field and [value for value, _label in field.choices]) == offered


def test_a_module_with_criteria_keeps_its_levels(staff, draft):
    module = draft.modules.get()

    page = staff.get(address(Module, "change", module.pk))

    assert "uses_levels" not in page.context["adminform"].form.fields


def test_removing_a_part_of_a_draft_is_written_down(staff, draft):
    module = draft.modules.get()

    staff.post(address(Module, "delete", module.pk), {"post": "yes"})

    assert not draft.modules.exists()
    assert events() == [
        (Kind.REMOVED, "frameworks.module", {"name": str(module)}),
        (Kind.REMOVED, "frameworks.outcome", {"name": "1. Outcome number 1"}),
        *(
            (Kind.REMOVED, "frameworks.criterion", {"name": f"{n}.1"})
            for n in (1, 2, 3)
        ),
    ]


def run_action(client, model, action, *things, **fields):
    return client.post(
        address(model, "changelist"),
        {
            "action": action,
            "_selected_action": [thing.pk for thing in things],
            **fields,
        },
    )


@pytest.mark.parametrize("person", ["lead", "officer", "national"])
@pytest.mark.parametrize("service", [services.publish, services.retire])
def test_only_administrators_publish_and_retire(request, edition, person, service):
    by = request.getfixturevalue(person)

    with pytest.raises(PermissionDenied):
        service(edition=edition, by=by)


def test_the_publication_is_shown_and_kept(staff):
    """Its longest pages, whole: saving them as they are changes nothing."""
    raw = (FIXTURES / "framework-2022-05.json").read_bytes()
    edition, _ = load(raw)
    EnablingFactorFactory()

    for part in [edition, *edition.modules.all(), *Outcome.objects.all()[:3]]:
        page = address(type(part), "change", part.pk)
        response = staff.post(page, sent(staff.get(page)))
        assert response.status_code == 302

    assert dump(edition).encode() == raw
    assert events() == []


# Cycles ---------------------------------------------------------------------------------


@pytest.fixture
def unopened(edition):
    return CycleFactory(unopened=True, edition=edition)


def test_a_cycle_is_added_with_a_published_edition(staff, edition, draft):
    fields = {
        "name_cy": "Cylch 2030",
        "name_en": "Cycle 2030",
        "code": "2030",
        "opens_at_0": "01/09/2030",
        "opens_at_1": "09:00",
        "closes_at_0": "30/11/2030",
        "closes_at_1": "17:00",
    }

    refused = staff.post(address(Cycle, "add"), fields | {"edition": draft.pk})
    staff.post(address(Cycle, "add"), fields | {"edition": edition.pk})

    assert "edition" in refused.context["adminform"].form.errors
    cycle = Cycle.objects.get()
    # Nine o'clock in Wales, in September an hour ahead of UTC, and five in November.
    assert (cycle.opens_at.isoformat(), cycle.closes_at.isoformat()) == (
        "2030-09-01T08:00:00+00:00",
        "2030-11-30T17:00:00+00:00",
    )
    assert cycle.opened_at is None
    assert [event[:2] for event in events()] == [(Kind.ADDED, "assessments.cycle")]


def test_opening_a_cycle_gives_every_cluster_a_self_reflection(
    staff, unopened, cluster, other_cluster, administrator
):
    ClusterFactory(closed_on="2020-01-01")
    asked = run_action(staff, Cycle, "open_cycles", unopened)
    assert "Every cluster gets a self-reflection" in asked.content.decode()
    assert SelfReflection.objects.count() == 0

    done = run_action(staff, Cycle, "open_cycles", unopened, confirmed="Open")

    assert said(done) == [f"{unopened}: it is open. Self-reflections: 2."]
    found = SelfReflection.objects.values_list("cycle", "cluster", "state")
    assert set(found) == {
        (unopened.pk, cluster.pk, "not_started"),
        (unopened.pk, other_cluster.pk, "not_started"),
    }
    event = AuditEvent.objects.get(kind=Kind.CYCLE_CHANGED)
    assert (event.by, event.details) == (administrator, {"change": "opened"})


def test_closing_a_cycle_closes_what_is_in_it(staff, cycle, reflection):
    asked = run_action(staff, Cycle, "close_cycles", cycle)
    reflection.refresh_from_db()
    assert "cannot be opened again" in asked.content.decode()
    assert reflection.state == SelfReflection.State.NOT_STARTED

    done = run_action(staff, Cycle, "close_cycles", cycle, confirmed="Close")
    again = run_action(staff, Cycle, "close_cycles", cycle, confirmed="Close")
    reopened = run_action(staff, Cycle, "open_cycles", cycle, confirmed="Open")

    reflection.refresh_from_db()
    assert reflection.state == SelfReflection.State.CLOSED
    assert said(done) == [f"{cycle}: it is closed."]
    assert said(again)[-1] == f"{cycle}: it is not open."
    assert said(reopened)[-1] == f"{cycle}: it is closed, and cannot be opened again."


def test_a_closing_hour_in_the_past_is_pointed_out(staff, unopened):
    page = address(Cycle, "change", unopened.pk)
    hours = {
        "opens_at_0": "01/09/2020",
        "opens_at_1": "09:00",
        "closes_at_0": "30/11/2020",
        "closes_at_1": "17:00",
    }

    done = staff.post(page, sent(staff.get(page)) | hours, follow=True)

    unopened.refresh_from_db()
    assert unopened.closes_at.isoformat() == "2020-11-30T17:00:00+00:00"
    assert f"{unopened}: its closing hour is in the past." in said(done)
    assert events() == [
        (Kind.CHANGED, "assessments.cycle", {"fields": ["opens_at", "closes_at"]})
    ]


def test_a_cycle_is_opened_neither_on_a_draft_nor_after_its_end(staff, draft):
    on_a_draft = CycleFactory(unopened=True, edition=draft)
    ended = CycleFactory(unopened=True, closes_at=timezone.now())

    done = run_action(staff, Cycle, "open_cycles", on_a_draft, ended, confirmed="Open")

    assert set(said(done)) == {
        f"{on_a_draft}: its edition is not published.",
        f"{ended}: its closing hour is in the past.",
    }
    assert Cycle.objects.filter(opened_at=None).count() == 2


def test_an_open_cycle_keeps_its_edition_and_a_closed_one_its_hours(staff):
    found = [
        set(
            staff.get(address(Cycle, "change", cycle.pk))
            .context["adminform"]
            .form.fields
        )
        for cycle in (
            CycleFactory(unopened=True),
            CycleFactory(),
            CycleFactory(closed=True),
        )
    ]

    names = {"name_cy", "name_en"}
    assert found == [
        names | {"edition", "opens_at", "closes_at"},
        names,
        names,
    ]


def test_a_cycle_is_never_deleted(client, superuser, cycle):
    client.force_login(superuser)

    page = client.post(address(Cycle, "delete", cycle.pk), {"post": "yes"})

    assert page.status_code == 403


def test_the_pages_of_a_cycle_show_nothing_that_a_cluster_wrote(staff, cycle, cluster):
    SelfReflectionFactory(cycle=cycle, cluster=cluster)

    page = staff.get(address(Cycle, "change", cycle.pk)).content.decode()

    assert cluster.name not in page


def test_what_goes_with_a_thing_names_no_rows_that_only_join(staff, draft):
    outcome = Outcome.objects.get()
    goal = WellbeingGoalFactory(edition=draft)
    outcome.wellbeing_goals.add(goal)

    page = staff.get(address(Outcome, "delete", outcome.pk)).content.decode()

    assert "relationship" not in page
    assert "wellbeing_goals object" not in page
