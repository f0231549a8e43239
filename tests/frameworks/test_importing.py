"""Editions imported in the admin: what is shown first, what is kept, what is refused."""

import json
import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from frameworks.exchange import dump, export, load
from frameworks.models import Criterion, Edition, FrameworkUpload, TextState
from frameworks.services import (
    ChangedMeanwhile,
    import_edition,
    keep_edition_file,
    preview_import,
)
from organisations.models import AuditEvent
from tests.factories import (
    CriterionFactory,
    CycleFactory,
    EditionFactory,
    UserFactory,
)
from tests.frameworks.test_exchange import PUBLICATION, both, rows, small

pytestmark = pytest.mark.django_db

IMPORT = "/en/admin/frameworks/edition/import/"
CORRECTION = {
    "dated_on": "2031-01-01",
    "reason": both("Reason"),
    "errata": [
        {"place": "edition", "field": "title", "language": "en", "text": "Other"}
    ],
}


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


def send(browser, raw, name="edition.json"):
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, raw)})


def preview_of(browser, raw, name="edition.json"):
    sent = send(browser, raw, name)
    assert sent.status_code == 302, sent.content.decode()
    return sent.url, browser.get(sent.url)


def confirm(browser, url, page, how):
    return browser.post(url, {"how": how, "seen": page.context["preview"].seen})


# Sending a file --------------------------------------------------------------------------


def test_a_file_is_kept_and_shown_before_anything_changes(staff, administrator):
    before = rows()

    _, page = preview_of(staff, small())

    assert page.status_code == 200
    assert rows() == before | {"FrameworkUpload": 1}
    upload = FrameworkUpload.objects.get()
    assert (bytes(upload.content), upload.uploaded_by) == (small(), administrator)
    assert "There is no edition to compare it with" in page.content.decode()


def test_what_is_wrong_is_listed_with_line_and_place_in_both_languages(staff):
    raw = small(modules__0__outcomes=[], title={"cy": "Teitl", "en": " "})
    file = SimpleUploadedFile("edition.json", raw)

    english = send(staff, raw)
    welsh = staff.post(IMPORT.replace("/en/", "/cy/"), {"file": file})

    assert english.status_code == welsh.status_code == 422
    english, welsh = english.content.decode(), welsh.content.decode()
    assert "The file was refused, and nothing was changed." in english
    assert "<strong>Line 12</strong>" in english
    assert "modules[1] › outcomes" in english
    assert "the English text is missing" in english
    assert "<strong>Llinell 12</strong>" in welsh
    assert not FrameworkUpload.objects.exists()


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("edition.xlsx", b"{}", "Choose a file whose name ends in"),
        ("edition.json", b"", "The file is empty."),
        ("edition.json", b" " * 6_000_000, "The file is larger than 5 MB."),
        ("edition.json", b" " * 50_000_000, "The file is larger than 5 MB."),
    ],
    ids=["kind", "empty", "6 MB", "50 MB"],
)
def test_a_file_of_another_kind_or_size_is_refused(staff, name, raw, sentence):
    response = send(staff, raw, name)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not FrameworkUpload.objects.exists()


def test_html_in_a_file_is_shown_as_it_is_written(staff):
    html = "<img src=x onerror=alert(1)>"

    _, page = preview_of(staff, small(title=both(html)))

    assert "&lt;img src=x" in page.content.decode()
    assert "<img src=x" not in page.content.decode()


def test_the_newest_five_files_stay(administrator):
    for number in range(7):
        keep_edition_file(
            file_name=f"{number}.json",
            notation="json",
            content=small(),
            by=administrator,
        )

    names = FrameworkUpload.objects.order_by("pk").values_list("file_name", flat=True)
    assert list(names) == [f"{number}.json" for number in range(2, 7)]


# What it would change --------------------------------------------------------------------


def test_a_draft_of_the_same_code_is_compared_word_by_word(staff):
    raw = small(title=both("The first title"))
    url, page = preview_of(staff, raw)
    confirm(staff, url, page, "draft")

    _, page = preview_of(staff, small(title=both("The second title")))

    content = page.content.decode()
    assert "Compared with the draft that has the same code." in content
    assert re.search(r"</span>first\s*</del>", content)
    assert re.search(r"</span>second\s*</ins>", content)


def test_the_edition_before_is_compared_by_predecessors(staff):
    load(small(code="2029-05"))
    raw = small(
        predecessor="2029-05",
        modules__0__outcomes__0__predecessor="2029-05/LEVELS/1",
        modules__0__outcomes__0__criteria__2__predecessor="2029-05/LEVELS/1/2/1",
        modules__0__outcomes__0__criteria__2__text=both("Criterion reworded"),
    )

    _, page = preview_of(staff, raw)

    kinds = {
        (
            pair.kind,
            str(pair.place_after and pair.place_after.number),
        ): pair.kinds_of_change
        for pair in page.context["comparison"].pairs()
        if pair.kind == "criterion" and pair.place.module == "LEVELS"
        if pair.place.level == 2 and pair.place_after
    }
    assert kinds == {
        ("criterion", "1"): ["added"],
        ("criterion", "2"): ["moved", "reworded"],
    }


def test_without_a_named_edition_the_newest_published_one_is_compared(staff):
    load(small(code="2029-05"))

    _, page = preview_of(staff, small())

    assert "Compared with the newest published edition" in page.content.decode()
    assert "No text, level, number or structure is different." in page.content.decode()


# Importing -------------------------------------------------------------------------------


def test_a_draft_is_made_whose_texts_nobody_has_checked(staff, administrator):
    url, page = preview_of(staff, small(unofficial_language="en"))

    response = confirm(staff, url, page, "draft")

    edition = Edition.objects.get()
    assert response.url == f"/en/admin/frameworks/edition/{edition.pk}/change/"
    assert edition.is_draft
    assert edition.text_state("title", "cy") == TextState.DRAFT
    assert edition.text_state("title", "en") == TextState.UNOFFICIAL
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.FRAMEWORK_LOADED)
    assert (event.by, event.details) == (
        administrator,
        {"code": "2030-05", "file": "edition.json"},
    )
    upload = FrameworkUpload.objects.get()
    assert upload.applied_at is not None
    assert bytes(upload.content) == b""


def test_what_is_published_is_exactly_as_in_the_file(staff):
    url, page = preview_of(staff, PUBLICATION.read_bytes())

    confirm(staff, url, page, "published")

    edition = Edition.objects.get()
    assert edition.is_published
    assert dump(edition).encode() == PUBLICATION.read_bytes()


def test_a_file_counts_once(staff):
    url, page = preview_of(staff, small())
    confirm(staff, url, page, "draft")
    before = rows()

    again = confirm(staff, url, page, "draft")

    assert again.url == "/en/admin/frameworks/edition/"
    assert rows() == before


def test_a_draft_is_replaced_whole_and_stays_in_the_audit(staff):
    old = EditionFactory(code="2030-05", draft=True, levelled=True)
    replaced = export(old)
    url, page = preview_of(staff, small())

    confirm(staff, url, page, "draft")

    assert Edition.objects.get().title_cy == "Edition (cy)"
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.FRAMEWORK_LOADED)
    assert event.details["replaced"] == json.loads(json.dumps(replaced))


def test_a_draft_that_changed_meanwhile_is_shown_again(staff, administrator):
    old = EditionFactory(code="2030-05", draft=True, levelled=True)
    url, page = preview_of(staff, small())
    old.title_en = "Changed meanwhile"
    old.save()

    response = confirm(staff, url, page, "draft")

    assert response.url == url
    assert Edition.objects.get().title_en == "Changed meanwhile"
    page = staff.get(url)
    assert "Somebody changed the edition meanwhile" in page.content.decode()
    confirm(staff, url, page, "draft")
    assert Edition.objects.get().title_en == "Edition (en)"


def test_a_draft_that_a_cycle_uses_is_not_replaced(staff):
    draft = EditionFactory(code="2030-05", draft=True, levelled=True)
    cycle = CycleFactory(edition=draft)
    url, page = preview_of(staff, small())

    response = confirm(staff, url, page, "draft")

    assert response.status_code == 409
    assert str(cycle) in response.content.decode()
    assert Edition.objects.get() == draft


def test_a_draft_whose_criteria_are_predecessors_is_not_replaced(staff):
    draft = EditionFactory(code="2030-05", draft=True, levelled=True)
    CriterionFactory(
        outcome__module__edition__draft=True,
        predecessor=Criterion.objects.filter(outcome__module__edition=draft).first(),
    )
    before = dump(draft)
    url, page = preview_of(staff, small())

    response = confirm(staff, url, page, "draft")

    assert response.status_code == 409
    assert dump(draft) == before


def test_other_content_under_a_published_code_is_refused(staff):
    load(small())

    response = send(staff, small(title=both("Another title")))

    assert response.status_code == 422
    assert "a published edition never changes" in response.content.decode()


def test_what_is_published_with_the_same_content_needs_no_import(staff):
    load(small())

    url, page = preview_of(staff, small())

    assert "There is nothing to import." in page.content.decode()
    assert "Import the edition" not in page.content.decode()
    before = rows()
    confirm(staff, url, page, "published")
    assert rows() == before


def test_corrections_are_imported_with_a_published_edition_only(staff):
    url, page = preview_of(staff, small(corrections=[CORRECTION]))

    assert 'value="draft"' not in page.content.decode()
    assert confirm(staff, url, page, "draft").status_code == 422
    assert not Edition.objects.exists()
    confirm(staff, url, page, "published")
    assert Edition.objects.get().corrected_on.isoformat() == "2031-01-01"


def test_two_at_once_make_one_edition(administrator):
    uploads = [
        keep_edition_file(
            file_name="a.json", notation="json", content=small(), by=administrator
        )
        for _ in range(2)
    ]
    import_edition(upload=uploads[0], is_published=False, seen="", by=administrator)

    with pytest.raises(ChangedMeanwhile):
        import_edition(upload=uploads[1], is_published=False, seen="", by=administrator)

    assert Edition.objects.count() == 1


# Who may, and what is given --------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_somebody_saves_at_the_same_moment_is_not_replaced_unseen():
    administrator = UserFactory(administrator=True)
    edition = EditionFactory(draft=True, levelled=True)
    criterion = Criterion.objects.filter(outcome__module__edition=edition).first()
    raw = dump(edition).encode()
    seen = preview_import(raw, "json").seen
    upload = keep_edition_file(
        file_name="a.json", notation="json", content=raw, by=administrator
    )
    refused = []

    def replace():
        try:
            import_edition(
                upload=upload, is_published=False, seen=seen, by=administrator
            )
        except ChangedMeanwhile:
            refused.append("changed meanwhile")
        finally:
            connection.close()

    thread = threading.Thread(target=replace)
    with transaction.atomic():
        rows = Criterion.objects.filter(pk=criterion.pk).order_by()
        list(rows.select_for_update(no_key=True))  # as its page does
        thread.start()
        thread.join(timeout=1)
        criterion.text_en = "Somebody's words"
        criterion.save()
    thread.join()

    assert refused == ["changed meanwhile"]
    criterion.refresh_from_db()
    assert criterion.text_en == "Somebody's words"


def test_nobody_else_sees_a_file_that_was_sent(staff, client):
    url, _ = preview_of(staff, small())
    client.force_login(UserFactory(email="other@example.test", administrator=True))

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("address", [IMPORT, f"{IMPORT}1/"])
def test_only_administrators_import(client, national, address):
    client.force_login(national)

    assert client.get(address).status_code in {302, 403, 404}
    assert send(client, small()).status_code in {302, 403, 404}
    assert not FrameworkUpload.objects.exists()


@pytest.mark.parametrize(
    ("notation", "media_type"),
    [("json", "application/json"), ("yaml", "application/yaml; charset=utf-8")],
)
def test_the_public_page_gives_all_but_what_administrators_note_for_themselves(
    staff, client, notation, media_type
):
    edition, _ = load(PUBLICATION.read_bytes())
    criterion = Criterion.objects.filter(outcome__module__edition=edition).first()
    criterion.editor_note_cy = criterion.editor_note_en = "Ask about this again."
    criterion.save()
    addresses = [
        reverse("admin:frameworks_edition_export", args=[edition.pk, notation]),
        reverse("frameworks:edition_file", args=[edition.code, notation]),
    ]

    given = [staff.get(addresses[0])]
    client.logout()
    given.append(client.get(addresses[1]))

    assert [b"Ask about this" in response.content for response in given] == [
        True,
        False,
    ]
    for response, has_notes in zip(given, (True, False), strict=True):
        file = dump(edition, notation, has_notes=has_notes)
        assert response.content == file.encode()
        assert load(response.content, notation=notation) == (edition, False)
        assert response["Content-Type"] == media_type
        assert response["Content-Disposition"] == (
            f'attachment; filename="framework-2022-05.{notation}"'
        )


def test_a_draft_is_given_to_administrators_only(staff, client):
    draft = EditionFactory(code="draft", draft=True)
    admin = reverse("admin:frameworks_edition_export", args=[draft.pk, "json"])
    public = reverse("frameworks:edition_file", args=["draft", "json"])

    assert staff.get(admin).status_code == 200
    assert staff.get(public).status_code == 404
    assert staff.get(public.replace(".json", ".xml")).status_code == 404
    client.logout()
    assert client.get(admin).status_code == 302


def test_the_public_page_leads_to_the_files(client):
    load(small())

    page = client.get("/en/framework/2030-05/").content.decode()

    assert 'href="/en/framework/2030-05.json"' in page
    assert 'href="/en/framework/2030-05.yaml"' in page
