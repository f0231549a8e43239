"""The page that says what changed from one edition to another."""

import html
import re

import pytest
from django.urls import reverse

from assessments.views.loading import reflection_url
from frameworks.models import Criterion, Edition
from frameworks.services import copy_edition
from tests.assessments.test_last_cycle import days_from_now
from tests.factories import (
    CriterionFactory,
    CycleFactory,
    SelfReflectionFactory,
)
from tests.steps import correct_wording, criterion_subject, entry, save, submit

pytestmark = pytest.mark.django_db

ADDRESS = "/{}/framework/2031-05/changes/2030-05/"


@pytest.fixture
def new(edition, administrator):
    """A draft that began as a copy, in which criteria were added, removed, moved and reworded."""
    new = copy_edition(
        edition=edition,
        code="2031-05",
        issued="2031-05",
        title_cy="Rhifyn 2031",
        title_en="The 2031 edition",
        by=administrator,
    )
    first = new.modules.get(code="LEVELS").outcomes.get(number=1)
    second = new.modules.get(code="LEVELS").outcomes.get(number=2)
    reworded = first.criteria.get(level=1)
    reworded.text_en = "Criterion one.1"
    reworded.save()
    moved = first.criteria.get(level=2)
    moved.level, moved.number = 3, 7
    moved.save()
    first.criteria.get(level=3, number=1).delete()
    CriterionFactory(
        outcome=second, level=1, number=9, text_cy="Newydd", text_en="Brand new"
    )
    return new


@pytest.fixture
def published(new):
    new.status = Edition.Status.PUBLISHED
    new.save()
    return new


def text_of(response):
    page = " ".join(html.unescape(response.content.decode()).split())
    return re.search(r"<main.*</main>", page)[0]


@pytest.mark.parametrize("language", ["cy", "en"])
def test_everybody_reads_what_changed_between_published_editions(
    client, published, language
):
    response = client.get(ADDRESS.format(language))

    assert response.status_code == 200
    text = text_of(response)
    assert ("Newydd" if language == "cy" else "Brand new") in text
    counts = [
        (count.added, count.removed, count.moved, count.reworded)
        for count in response.context["counts"]
    ]
    assert counts == [
        (0, 0, 0, 1),  # the edition's title
        (1, 1, 1, 0 if language == "cy" else 1),  # criteria
    ]


def test_either_language_or_both_can_be_chosen(client, published):
    page = ADDRESS.format("en")

    assert "Newydd" not in text_of(client.get(page))
    assert "Brand new" not in text_of(client.get(f"{page}?language=cy"))
    both = text_of(client.get(f"{page}?language=both"))
    assert "Newydd" in both
    assert "Brand new" in both
    assert client.get(f"{page}?language=fr").context["shown"] == "en"


def test_corrections_are_read_over_on_both_sides(
    client, published, edition, administrator
):
    old = Criterion.objects.get(
        outcome__module__edition=edition,
        outcome__module__code="LEVELS",
        outcome__number=1,
        level=1,
    )
    correct_wording(old, edition=edition, by=administrator, en="Criterion one.1")

    response = client.get(ADDRESS.format("en"))

    assert [count.reworded for count in response.context["counts"]] == [1, 0]


def test_a_draft_is_compared_for_those_who_write_it(
    client, new, administrator, national
):
    address = ADDRESS.format("en")
    assert client.get(address).status_code == 404
    client.force_login(national)
    assert client.get(address).status_code == 404

    client.force_login(administrator)
    assert client.get(address).status_code == 200


def test_what_is_not_there_is_not_found(client, published):
    for address in (
        "/en/framework/2031-05/changes/2031-05/",
        "/en/framework/2031-05/changes/none/",
        "/en/framework/none/changes/2031-05/",
    ):
        assert client.get(address).status_code == 404


def test_asked_the_wrong_way_round_it_leads_to_the_right_one(client, published):
    response = client.get("/en/framework/2030-05/changes/2031-05/")

    assert response.url == ADDRESS.format("en")


def test_the_edition_leads_there(client, published, administrator):
    link = f'href="{ADDRESS.format("en")}"'
    assert link in client.get("/en/framework/2031-05/").content.decode()

    client.force_login(administrator)
    home = reverse("admin:frameworks_edition_change", args=[published.pk])
    assert "changes/2030-05/" in client.get(home).content.decode()


def test_the_form_leads_there_where_the_last_cycle_had_another_edition(
    client, published, edition, cluster, lead
):
    before = SelfReflectionFactory(
        cluster=cluster,
        cycle=CycleFactory(
            code="2030",
            edition=edition,
            opens_at=days_from_now(-400),
            closes_at=days_from_now(5),
        ),
    )
    save(before, entry(criterion_subject(before), choice="met"), by=lead)
    submit(before, by=lead)
    now = SelfReflectionFactory(
        cluster=cluster, cycle=CycleFactory(code="2031", edition=published)
    )
    client.force_login(lead)

    page = client.get(
        reflection_url("outcome_edit", now, module="LEVELS", number=1)
    ).content.decode()

    assert f'href="{ADDRESS.format("en")}#outcome-LEVELS-1"' in page
    assert 'id="outcome-LEVELS-1"' in client.get(ADDRESS.format("en")).content.decode()


@pytest.mark.parametrize("criteria", [1, 3])
def test_it_costs_the_same_however_much_changed(
    client, new, criteria, django_assert_num_queries
):
    outcome = new.modules.get(code="LEVELS").outcomes.get(number=2)
    for number in range(criteria):
        CriterionFactory(outcome=outcome, level=2, number=20 + number)
    new.status = Edition.Status.PUBLISHED
    new.save()
    client.get(ADDRESS.format("en"))

    with django_assert_num_queries(10):
        client.get(ADDRESS.format("en"))
