"""The pages in the admin on which wording is corrected: seen first, then confirmed."""

import html

import pytest
from django.urls import reverse
from django.utils import timezone

from frameworks.models import Correction, Criterion, Edition
from frameworks.wording import seen
from tests.factories import EditionFactory
from tests.steps import correct_wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def criterion(edition):
    return Criterion.objects.get(
        outcome__module__edition=edition,
        outcome__module__code="LEVELS",
        outcome__number=1,
        level=1,
    )


@pytest.fixture
def page(criterion, edition):
    return reverse(
        "admin:frameworks_edition_correction_make",
        args=[edition.pk, f"outcome-{criterion.outcome_id}"],
    )


def sent(criterion, **more):
    """What the page would send with a new English text of ``criterion``."""
    key = f"criterion-{criterion.pk}-text"
    return {
        f"{key}-cy": criterion.text_cy,
        f"{key}-cy-seen": seen(criterion.text_cy),
        f"{key}-en": "Plain\r\nwords",
        f"{key}-en-seen": seen(criterion.text_en),
        "reason_cy": "Gwall argraffu.",
        "reason_en": "A slip of the press.",
        "dated_on": timezone.localdate().isoformat(),
        **more,
    }


def text_of(response):
    return " ".join(html.unescape(response.content.decode()).split())


def test_the_list_leads_to_every_section(client, administrator, edition, criterion):
    correct_wording(criterion, edition=edition, by=administrator, en="Plain words")
    client.force_login(administrator)

    response = client.get(
        reverse("admin:frameworks_edition_correction_list", args=[edition.pk])
    )

    page = text_of(response)
    assert "A slip of the press." in page
    assert page.count("/corrections/outcome-") == 3
    assert page.count("/corrections/module-") == 2
    assert "/corrections/edition/" in page


def test_both_languages_are_shown_as_they_are_read_and_were_published(
    client, administrator, edition, criterion, page
):
    correct_wording(criterion, edition=edition, by=administrator, en="Plain words")
    client.force_login(administrator)

    text = text_of(client.get(page))

    assert f">{criterion.text_cy}</textarea>" in text.replace("> ", ">")
    assert "Plain words</textarea>" in text
    assert criterion.text_en in text


def test_the_preview_changes_nothing(client, administrator, criterion, page):
    client.force_login(administrator)

    response = client.post(page, sent(criterion, preview="1"))

    text = text_of(response)
    assert response.status_code == 200
    assert "Nothing has happened yet." in text
    assert "Plain" in text
    assert criterion.text_en.split()[0] in text
    assert "which show the new words at once and keep their answers: 0" in text
    assert not Correction.objects.exists()
    assert Edition.objects.get().corrected_on is None


def test_confirming_makes_the_correction(client, administrator, criterion, page):
    client.force_login(administrator)

    response = client.post(page, sent(criterion, confirm="1", makes_official="on"))

    assert response.status_code == 302
    correction = Correction.objects.get()
    [erratum] = correction.errata.all()
    assert (erratum.language, erratum.text) == ("en", "Plain\nwords")
    assert (correction.makes_official, correction.made_by) == (True, administrator)


def test_changing_something_keeps_what_was_typed(
    client, administrator, criterion, page
):
    client.force_login(administrator)

    response = client.post(page, sent(criterion, back="1"))

    assert response.status_code == 200
    assert "Plain words</textarea>" in text_of(response)
    assert "A slip of the press." in text_of(response)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reason_cy": ""}, "Give the reason in Welsh."),
        ({"dated_on": "2999-01-01"}, "The date cannot be in the future"),
        ({"text": ""}, "A text cannot be left empty."),
        ({"text": "The tÃ®m"}, "The text was spoiled by a wrong encoding"),
        ({"text": None}, "Change the wording of at least one text."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client, administrator, criterion, page, changes, reason
):
    client.force_login(administrator)
    data = sent(criterion, preview="1")
    if "text" in changes:
        text = changes.pop("text")
        data[f"criterion-{criterion.pk}-text-en"] = (
            criterion.text_en if text is None else text
        )

    response = client.post(page, data | changes)

    assert response.status_code == 422
    assert reason in text_of(response)
    assert "A slip of the press." in text_of(response)
    assert not Correction.objects.exists()


def test_two_administrators_at_once_see_both_texts(
    client, administrator, edition, criterion, page
):
    client.force_login(administrator)
    data = sent(criterion, confirm="1")
    correct_wording(criterion, edition=edition, by=administrator, en="Their words")

    response = client.post(page, data)

    text = text_of(response)
    assert response.status_code == 409
    assert "Their words" in text
    assert "Plain words</textarea>" in text
    assert Correction.objects.count() == 1

    key = f"criterion-{criterion.pk}-text-en-seen"
    again = client.post(page, data | {key: seen("Their words")})
    assert again.status_code == 302
    assert Correction.objects.count() == 2


def test_html_in_a_text_is_shown_as_it_is(client, administrator, criterion, page):
    client.force_login(administrator)
    name = f"criterion-{criterion.pk}-text-en"

    response = client.post(
        page, sent(criterion, preview="1") | {name: "<script>alert(1)</script>"}
    )

    assert "<script>alert(1)" not in response.content.decode()
    assert "&lt;script&gt;" in response.content.decode()


def test_a_draft_leads_back_to_its_own_page(client, administrator):
    edition = EditionFactory(draft=True)
    client.force_login(administrator)

    for name, args in (("list", []), ("make", ["edition"])):
        response = client.get(
            reverse(
                f"admin:frameworks_edition_correction_{name}", args=[edition.pk, *args]
            )
        )
        assert response.url == reverse(
            "admin:frameworks_edition_change", args=[edition.pk]
        )


def test_a_section_that_is_not_there_is_not_found(client, administrator, edition):
    client.force_login(administrator)

    for section in ("outcome-0", "module-0", "x"):
        address = reverse(
            "admin:frameworks_edition_correction_make", args=[edition.pk, section]
        )
        assert client.get(address).status_code == 404


def test_nobody_else_gets_there(client, national, page):
    client.force_login(national)

    assert client.get(page).status_code == 302


def test_a_correction_can_be_read_and_not_changed(
    client, administrator, edition, criterion
):
    correction = correct_wording(
        criterion, edition=edition, by=administrator, en="Plain words"
    )
    client.force_login(administrator)
    address = reverse("admin:frameworks_correction_change", args=[correction.pk])

    text = text_of(client.get(address))

    assert "A slip of the press." in text
    assert "Plain words" in text
    assert client.post(address, {"reason_en": "Other"}).status_code == 403
    assert client.get(reverse("admin:frameworks_correction_add")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_much_was_corrected(
    client,
    administrator,
    edition,
    criterion,
    page,
    count,
    django_assert_num_queries,
):
    for number in range(count):
        correct_wording(
            criterion, edition=edition, by=administrator, en=f"Words {number}"
        )
    client.force_login(administrator)
    addresses = {
        page: 17,
        reverse("admin:frameworks_edition_correction_list", args=[edition.pk]): 18,
        reverse("admin:frameworks_correction_changelist"): 9,
    }
    for address, queries in addresses.items():
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_an_older_page_brings_back_no_words_that_it_did_not_touch(
    client, administrator, edition, criterion
):
    client.force_login(administrator)
    address = reverse(
        "admin:frameworks_edition_correction_make",
        args=[edition.pk, f"outcome-{criterion.outcome_id}"],
    )
    sides = [
        side for pair in client.get(address).context["pairs"] for side in pair.sides
    ]
    sent = {side.name: side.typed for side in sides} | {
        f"{side.name}-seen": side.mark for side in sides
    }
    correct_wording(criterion, edition=edition, by=administrator, en="Theirs")
    title = f"outcome-{criterion.outcome_id}-title-en"

    page = client.post(address, sent | {title: "My title"})

    changed = {
        side.name: side.typed
        for pair in page.context["pairs"]
        for side in pair.sides
        if side.is_changed or side.theirs
    }
    assert changed == {title: "My title"}
