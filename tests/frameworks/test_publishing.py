"""From a draft to a published edition, out of use, and on to the next draft."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frameworks import services
from frameworks.errata import read_over
from frameworks.exchange import dump, export
from frameworks.models import (
    LANGUAGES,
    Correction,
    Criterion,
    Edition,
    Erratum,
    LogicModelEntry,
    Outcome,
)
from frameworks.readiness import readiness
from organisations.models import AuditEvent
from tests.factories import (
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    EnablingFactorFactory,
    IndicatorFactory,
    LogicModelEntryFactory,
    ModuleFactory,
    QuadrupleAimFactory,
    TransformationPrincipleFactory,
    WellbeingGoalFactory,
)
from tests.frameworks.test_admin import address, said

pytestmark = pytest.mark.django_db

Status = Edition.Status
NEW = {"code": "2032", "issued": "2032-01", "title_cy": "Newydd", "title_en": "New"}


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def draft(db):
    return EditionFactory(code="draft", draft=True, levelled=True)


def settle(edition, by):
    for language in LANGUAGES:
        services.mark_unofficial(edition=edition, language=language, by=by)


# What is missing ------------------------------------------------------------------------


def left(edition):
    return [
        (text.text.key.partition("-")[0], text.text.field, text.language, text.state)
        for text in readiness(Edition.objects.get(pk=edition.pk)).texts
    ]


def test_every_text_is_there_and_checked_in_both_languages(draft, administrator):
    settle(draft, administrator)
    criterion = Criterion.objects.get(level=2)
    criterion.text_en = ""
    criterion.save()
    outcome = Outcome.objects.get()
    outcome.title_cy = "Newydd"
    outcome.save()

    assert left(draft) == [
        ("outcome", "title", "cy", "draft"),
        ("outcome", "title", "en", "stale"),
        ("criterion", "text", "cy", "stale"),
        ("criterion", "text", "en", "missing"),
    ]


def test_the_structure_is_looked_at_too(draft, administrator):
    settle(draft, administrator)
    Outcome.objects.get().criteria.all().delete()

    found = readiness(Edition.objects.get(pk=draft.pk))

    assert found.texts == []
    assert [problem.thing for problem in found.structure] == [Outcome.objects.get()]
    assert not found.is_ready


def test_looking_costs_the_same_however_much_there_is(draft):
    with CaptureQueriesContext(connection) as small:
        readiness(draft)
    for number in range(2, 30):
        CriterionFactory(outcome=Outcome.objects.get(), level=1, number=number)

    with CaptureQueriesContext(connection) as large:
        readiness(draft)

    assert len(large) == len(small)


def test_the_page_lists_what_is_missing_and_where_it_is_mended(
    staff, draft, administrator
):
    settle(draft, administrator)
    criterion = Criterion.objects.get(level=2)
    criterion.text_en = ""
    criterion.save()

    page = staff.get(address(Edition, "check", draft.pk)).content.decode()

    outcome = address(Outcome, "change", criterion.outcome_id)
    assert f'href="{outcome}#id_criteria-1-text_en"' in page
    assert "Level 2, criterion 1" in page


def test_publishing_is_refused_with_the_same_list(staff, draft):
    asked = staff.get(address(Edition, "publish", draft.pk))
    refused = staff.post(address(Edition, "publish", draft.pk))

    draft.refresh_from_db()
    assert "can no longer be changed" in asked.content.decode()
    assert refused.status_code == 409
    assert "It was not published" in refused.content.decode()
    assert refused.context["readiness"].count == len(left(draft)) > 0
    assert draft.status == Status.DRAFT
    assert not AuditEvent.objects.filter(subject_type="frameworks.edition").exists()


def test_unchecked_texts_are_marked_knowingly_and_missing_ones_are_not(
    staff, draft, administrator
):
    Criterion.objects.filter(level=1).update(text_en="")
    page = address(Edition, "unofficial", draft.pk, "en")

    asked = staff.get(page)
    done = staff.post(page)

    count = asked.context["notes"]
    assert said(done) == [f"Texts marked as unofficial: {count[0].split()[-1]}"]
    assert {state for _, _, language, state in left(draft) if language == "en"} == {
        "missing"
    }
    assert {state for _, _, language, state in left(draft) if language == "cy"} == {
        "draft"
    }


def test_a_draft_that_is_complete_is_published_once(staff, draft, administrator):
    settle(draft, administrator)

    first = staff.post(address(Edition, "publish", draft.pk))
    second = staff.post(address(Edition, "publish", draft.pk))

    draft.refresh_from_db()
    assert draft.status == Status.PUBLISHED
    assert said(first) == [f"{draft}: it is published."]
    assert said(second)[-1] == f"{draft}: it is published already."


# Out of use -------------------------------------------------------------------------------


def test_an_edition_stays_in_use_while_a_cycle_needs_it(staff, edition):
    cycle = CycleFactory(edition=edition)
    CycleFactory(edition=edition, closed=True)

    asked = staff.get(address(Edition, "retire", edition.pk))
    refused = staff.post(address(Edition, "retire", edition.pk))

    edition.refresh_from_db()
    assert asked.status_code == 200
    assert refused.status_code == 409
    assert refused.context["notes"] == [
        "It stays in use, because it is needed.",
        f"Assessment cycle: {cycle}",
    ]
    assert edition.status == Status.PUBLISHED


def test_an_edition_is_taken_out_of_use_and_brought_back(staff, edition):
    before = dump(edition)

    retired = staff.post(address(Edition, "retire", edition.pk))
    again = staff.post(address(Edition, "retire", edition.pk))
    published = staff.post(address(Edition, "publish", edition.pk))

    edition.refresh_from_db()
    assert said(retired) == [f"{edition}: it is out of use."]
    assert said(again)[-1] == f"{edition}: it is not published."
    assert said(published)[-1] == f"{edition}: it is published."
    assert dump(edition) == before


# The next draft ---------------------------------------------------------------------------


@pytest.fixture
def whole(edition):
    """The edition of the tests' world, with one of everything else."""
    for factory in (
        WellbeingGoalFactory,
        QuadrupleAimFactory,
        TransformationPrincipleFactory,
        IndicatorFactory,
    ):
        factory(edition=edition, number=1)
    outcome = Outcome.objects.filter(module__edition=edition).first()
    outcome.wellbeing_goals.set(edition.wellbeinggoals.all())
    outcome.quadruple_aims.set(edition.quadrupleaims.all())
    edition.indicators.get().outcomes.add(outcome)
    LogicModelEntryFactory(outcome=outcome, level=2)
    LogicModelEntryFactory(outcome=None, module=outcome.module)
    return edition


def without_predecessors(data):
    """What a file holds, but for where it came from."""
    if isinstance(data, list):
        return [without_predecessors(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: without_predecessors(value)
        for key, value in data.items()
        if key != "predecessor"
    }


def test_a_new_draft_has_everything_and_knows_where_it_came_from(whole, administrator):
    draft = services.copy_edition(edition=whole, by=administrator, **NEW)

    mine, theirs = (
        {
            key: value
            for key, value in without_predecessors(export(one)).items()
            if key not in {*NEW, "title"}
        }
        for one in (Edition.objects.get(pk=whole.pk), draft)
    )
    assert mine == theirs
    assert draft.predecessor == whole
    for model, way in ((Outcome, "module"), (Criterion, "outcome__module")):
        copies = model.objects.filter(**{f"{way}__edition": draft})
        assert (
            copies.count() == model.objects.filter(**{f"{way}__edition": whole}).count()
        )
        for copy in copies:
            assert copy.predecessor.number == copy.number
            assert copy.predecessor.text_states != copy.text_states
    assert LogicModelEntry.objects.filter(module__edition=draft).count() == 1
    copied = Outcome.objects.get(indicators__edition=draft)
    assert (
        copied.wellbeing_goals.get().edition,
        copied.quadruple_aims.get().edition,
    ) == (
        draft,
        draft,
    )
    assert copied.logic_model_entries.get().level == 2


def test_what_was_published_counts_as_checked_in_the_draft(whole, administrator):
    draft = services.copy_edition(edition=whole, by=administrator, **NEW)

    assert left(draft) == [
        ("edition", "title", "cy", "draft"),
        ("edition", "title", "en", "draft"),
    ]


def test_the_draft_begins_with_the_corrected_wording(whole, administrator):
    criterion = Criterion.objects.filter(outcome__module__edition=whole).first()
    correction = Correction.objects.create(
        edition=whole, reason_cy="Gwall", reason_en="A slip", made_by=administrator
    )
    Erratum.objects.create(
        correction=correction,
        part=Erratum.Part.CRITERION,
        part_id=criterion.pk,
        field="text",
        language="en",
        replaced=criterion.text_en,
        text="As it should read",
    )
    Edition.objects.filter(pk=whole.pk).update(corrected_on="2031-01-01")

    draft = services.copy_edition(edition=whole, by=administrator, **NEW)

    copy = Criterion.objects.get(outcome__module__edition=draft, predecessor=criterion)
    assert copy.text_en == "As it should read"
    assert copy.text_state("text", "en") == "checked"
    assert read_over(draft, [copy])[0].corrected_wording == []
    assert draft.corrected_on is None


def test_a_copy_costs_the_same_however_much_there_is(whole, administrator):
    services.copy_edition(edition=whole, by=administrator, **NEW | {"code": "2031"})
    with CaptureQueriesContext(connection) as small:
        services.copy_edition(edition=whole, by=administrator, **NEW)
    for number in range(10, 40):
        EnablingFactorFactory(edition=whole, number=number)
    ModuleFactory(edition=whole, number=3, outcomes=10)

    with CaptureQueriesContext(connection) as large:
        services.copy_edition(edition=whole, by=administrator, **NEW | {"code": "2033"})

    assert len(large) == len(small)


def test_a_draft_is_begun_on_a_page_and_a_code_is_taken_once(staff, whole):
    page = address(Edition, "copy", whole.pk)

    done = staff.post(page, NEW)
    again = staff.post(page, NEW)

    draft = Edition.objects.get(code="2032")
    assert done.url == address(Edition, "change", draft.pk)
    assert again.status_code == 422
    assert set(again.context["form"].errors) == {"code"}
    with pytest.raises(services.CodeTaken):
        services.copy_edition(edition=whole, by=done.wsgi_request.user, **NEW)


@pytest.mark.parametrize("person", ["lead", "officer", "national"])
def test_only_administrators_do_any_of_it(request, edition, draft, person):
    by = request.getfixturevalue(person)

    for refused in (
        lambda: services.copy_edition(edition=edition, by=by, **NEW),
        lambda: services.mark_unofficial(edition=draft, language="en", by=by),
        lambda: services.publish(edition=draft, by=by),
        lambda: services.retire(edition=edition, by=by),
    ):
        with pytest.raises(PermissionDenied):
            refused()
