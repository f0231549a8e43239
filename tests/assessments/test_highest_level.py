"""A module with two levels: nobody is asked for the third, and nobody can store it."""

import pytest
from django.urls import reverse

from assessments import services
from assessments.forms.room import choices_of
from assessments.models import Question
from assessments.services.answers import ForeignSubject
from assessments.views.loading import reflection_url
from frameworks.models import Criterion, Module
from tests.factories import EditionFactory, thawed
from tests.steps import entry, outcome_of, question_subject, save, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(edition):
    with thawed():
        Criterion.objects.filter(outcome__module__edition=edition, level=3).delete()
        Module.objects.filter(edition=edition).update(highest_level=2)
    return edition


@pytest.mark.parametrize("question", [Question.OWN_LEVEL, Question.TARGET_LEVEL])
def test_a_level_that_the_module_does_not_have_is_not_stored(
    reflection, lead, question
):
    subject = question_subject(reflection, question)

    with pytest.raises(ForeignSubject):
        save(reflection, entry(subject, choice="3"), by=lead)

    save(reflection, entry(subject, choice="2"), by=lead)
    assert list(reflection.answers.values_list("choice", flat=True)) == ["2"]


def test_nor_is_it_somebodys_view(reflection, lead):
    def view(level):
        outcome = outcome_of(reflection)
        services.save_views(
            reflection=reflection,
            opinions=[services.Opinion(outcome.pk, 0, "", level)],
            language="en",
            by=lead,
        )

    with pytest.raises(ForeignSubject):
        view("3")
    view("2")

    assert [value for value, _ in choices_of(outcome_of(reflection))] == ["0", "1", "2"]


def test_nor_is_it_agreed(client, reflection, lead, officer):
    save(
        reflection,
        entry(question_subject(reflection, Question.OWN_LEVEL), choice="1"),
        by=lead,
    )
    submit(reflection, by=lead)
    outcome = outcome_of(reflection)
    client.force_login(officer)

    form = client.get(reflection_url("agreement_record", reflection)).context["form"]
    with pytest.raises(ForeignSubject):
        services.record_agreement(
            reflection=reflection, levels={outcome.pk: (3, "Why", "en")}, by=officer
        )

    offered = [value for value, _ in form.fields[f"level-{outcome.pk}"].choices]
    assert offered == ["0", "1", "2"]


# The preview of a form --------------------------------------------------------------------


def preview(client, edition, number=1):
    return client.get(reverse("form_preview", args=[edition.code, "MODULE-1", number]))


def test_the_form_of_a_draft_shows_its_levels_and_sends_nothing(client, administrator):
    draft = EditionFactory(code="2031", draft=True, levelled=True)
    Module.objects.filter(edition=draft).update(highest_level=2)
    client.force_login(administrator)

    page = preview(client, draft)

    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    offered = page.context["form"].fields["own-level-choice"].choices
    assert [value for value, _ in offered] == ["0", "1", "2"]
    assert "<form" not in main
    assert "<button" not in main
    assert "Preview of a draft." in main
    assert preview(client, draft, number=9).status_code == 404


def test_once_published_a_preview_leads_to_the_public_page(client, administrator):
    edition = EditionFactory(code="2031", levelled=True)
    client.force_login(administrator)

    public = reverse("frameworks:outcome_detail", args=["2031", "MODULE-1", 1])
    of_the_page = client.get(
        reverse("framework_preview:outcome_detail", args=["2031", "MODULE-1", 1])
    )
    changes = client.get(reverse("framework_preview:edition_changes", args=["a", "b"]))

    assert preview(client, edition).url == public
    assert of_the_page.url == public
    assert changes.url == reverse("frameworks:edition_changes", args=["a", "b"])
