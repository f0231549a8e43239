"""The pages of what was learned and what changed: reading, editing, publishing, in both languages."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from reporting.models import Learned, LearnedEntry
from reporting.services import learned as services
from tests.reporting.learned_pages import (
    WORDS,
    begun,
    done_action,
    own_entry,
    published,
    this_year,
)

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} & <b>"


def url(name, *, shown_in="en", **more):
    where = {} if name in {"learned_list", "learned_begin"} else {"year": this_year()}
    with override(shown_in):
        return reverse(f"learned:{name}", kwargs=where | more)


def page(client, user, name="learned_detail", **where):
    client.logout()
    if user:
        client.force_login(user)
    return client.get(url(name, **where))


def typed(entry, **said):
    """The form of ``entry`` as a page sends it."""
    form = {name: getattr(entry, name) for name in WORDS}
    return form | {"version": entry.version, "readers": entry.readers} | said


# Reading -----------------------------------------------------------------------------------


def test_a_page_that_is_not_public_asks_to_sign_in(
    client, national, lead, administrator
):
    published(by=national)
    address = url("learned_detail")

    assert page(client, None).url == f"/en/sign-in/?next={address}"
    assert page(client, None, "learned_pdf", language="cy").status_code == 302
    assert page(client, None, "learned_list").status_code == 302
    for person in (lead, administrator, national):
        assert page(client, person).status_code == 200


def test_a_public_page_opens_for_everybody_in_both_languages(client, national):
    learned = published(by=national, is_public=True, readers="public")
    own_entry(learned, by=national, heading_cy="Preifat", heading_en="Private")

    for language, shown, hidden, way in (
        ("cy", "Tŷ agored", "Preifat", "Yr hyn a ddysgwyd"),
        ("en", "Entry 1", "Private", "What we learned"),
    ):
        text = page(client, None, shown_in=language).content.decode()
        assert (shown in text, hidden in text, way in text) == (True, False, True)
    assert str(learned.year) in page(client, None, "learned_list").content.decode()
    assert "Private" in page(client, national).content.decode()


def test_a_draft_is_its_editors_alone(client, national, lead):
    own_entry(begun(by=national), by=national)

    assert page(client, None).status_code == 302
    assert page(client, lead).status_code == 404
    assert "This is a draft" in page(client, national).content.decode()
    assert page(client, national, "learned_pdf", language="cy").status_code == 404
    assert page(client, lead, "learned_list").context["pages"] == []


def test_what_was_written_is_shown_as_it_was_written(client, national, lead):
    published(by=national, heading_en=HOSTILE, text_en=f"{HOSTILE}\n\nSecond.")

    text = page(client, lead).content.decode()

    escaped = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7|add:7 }} &amp; &lt;b&gt;"
    assert text.count(escaped) == 3  # in the contents too
    assert "<script>alert" not in text


def test_a_cluster_is_named_where_it_agreed(client, reflection, lead, national):
    learned = published(by=national)
    entry = services.choose_action(
        learned=learned, number=done_action(reflection, by=lead).pk, by=national
    )
    name = f"Cluster: {reflection.cluster.name}"

    for names in (False, True):
        services.save_entry(
            entry=entry,
            base_version=LearnedEntry.objects.get(pk=entry.pk).version,
            said=WORDS | {"readers": "signed_in", "names_cluster": names},
            by=national,
        )
        assert (name in page(client, lead).content.decode()) == names


@pytest.mark.parametrize(("entries", "queries"), [(1, 5), (3, 5)])
def test_queries_of_a_page_do_not_grow(
    client, national, lead, django_assert_num_queries, entries, queries
):
    published(by=national, entries=entries)
    client.force_login(lead)

    with django_assert_num_queries(queries):
        client.get(url("learned_detail"))


def test_the_start_page_leads_to_the_newest(client, national, lead):
    link = f'href="{url("learned_detail")}"'
    client.force_login(lead)
    before = client.get(reverse("home")).content.decode()

    published(by=national)

    assert link not in before
    assert link in client.get(reverse("home")).content.decode()


# Editing -----------------------------------------------------------------------------------


def test_from_nothing_to_a_public_page(client, national):
    client.force_login(national)
    begin = client.post(url("learned_begin"), {"year": this_year()})
    added = client.post(url("entry_add", section="learned"))
    entry = LearnedEntry.objects.get(section="learned")
    assert (begin.url, added.url) == (
        url("learned_edit"),
        url("entry_edit", entry=entry.pk),
    )

    refused = client.post(url("learned_publish"), {"readers": "public"})
    client.post(added.url, typed(entry, **WORDS, readers="public"))
    done = client.post(url("learned_publish"), {"readers": "public"})

    assert refused.status_code == 409
    assert (
        f'<li><a href="{added.url}">What we learned: Heading in Welsh; Text in Welsh; '
        "Heading in English; Text in English</a></li>"
    ) in refused.content.decode()
    assert done.url == url("learned_detail")
    assert page(client, None).status_code == 200

    client.force_login(national)
    client.post(url("learned_take_back"))
    assert page(client, None).status_code == 302


def test_a_year_is_begun_once_and_only_one_that_is_offered(client, national):
    client.force_login(national)
    for year in (this_year(), this_year(), this_year() + 1, 1066, "soon"):
        client.post(url("learned_begin"), {"year": year})

    assert list(Learned.objects.values_list("year", flat=True)) == [this_year()]


def test_two_tabs_do_not_write_over_each_other(client, national):
    entry = own_entry(begun(by=national), by=national)
    client.force_login(national)
    address = url("entry_edit", entry=entry.pk)

    client.post(address, typed(entry, text_en="First tab."))
    second = client.post(address, typed(entry, text_en="Second tab."))

    assert second.status_code == 409
    text = second.content.decode()
    assert "First tab." in text  # as it is now, above the fields
    assert ">\nSecond tab.</textarea>" in text
    form = second.context["form"]
    client.post(address, typed(entry, text_en="Both.", version=form["version"].value()))
    entry.refresh_from_db()
    assert entry.text_en == "Both."
    history = client.get(url("entry_history", entry=entry.pk)).content.decode()
    assert "Second tab." in history


def test_what_is_typed_stays_through_a_change_of_language_and_a_refusal(
    client, national
):
    entry = own_entry(begun(by=national), by=national)
    client.force_login(national)
    address = url("entry_edit", entry=entry.pk, shown_in="cy")

    switched = client.post(address, typed(entry, text_cy="Newydd.", switch_to="cy"))
    too_long = client.post(address, typed(entry, text_cy="ŵ" * 5001))

    assert ">\nNewydd.</textarea>" in switched.content.decode()
    assert too_long.status_code == 422
    assert "ŵ" * 5001 in too_long.content.decode()
    entry.refresh_from_db()
    assert entry.text_cy == WORDS["text_cy"]


@pytest.mark.parametrize("version", ["", "x", "0", "99", None])
def test_a_form_without_its_version_is_not_understood(client, national, version):
    entry = own_entry(begun(by=national), by=national)
    client.force_login(national)
    form = typed(entry) | {"version": version}

    response = client.post(
        url("entry_edit", entry=entry.pk),
        {name: value for name, value in form.items() if value is not None},
    )

    assert response.status_code == 400


def test_choosing_by_a_button(client, reflection, lead, national):
    begun(by=national)
    action = done_action(reflection, by=lead, text=HOSTILE)
    client.force_login(national)
    address = url("learned_choose", source="actions")

    shown = client.get(address).content.decode()
    chosen = client.post(address, {"chosen": action.pk})
    nothing = [
        client.post(address, {"chosen": what}).url for what in ("", "x", "0", 10**30)
    ]

    entry = LearnedEntry.objects.get(action=action)
    assert "&lt;script&gt;alert(1)" in shown
    assert chosen.url == url("entry_edit", entry=entry.pk)
    assert nothing == [address] * 4
    assert page(client, national, "learned_choose", source="moon").status_code == 404
    for source in ("actions", "practice"):
        left = page(client, national, "learned_choose", source=source)
        assert "There is nothing left to choose" in left.content.decode()


def test_ordering_and_taking_off_by_buttons(client, national):
    learned = begun(by=national)
    first, second = (own_entry(learned, by=national) for _ in range(2))
    client.force_login(national)

    def order():
        entries = learned.entries.filter(section="learned", removed_at=None)
        return list(entries.values_list("pk", flat=True))

    orders = [order()]
    for entry, act in [
        (second, "up"),
        (second, "down"),
        (first, "remove"),
        (first, "put_back"),
        (first, "fly"),
    ]:
        client.post(url("entry_arrange", entry=entry.pk), {"act": act})
        orders.append(order())

    one, two = first.pk, second.pk
    assert orders == [[one, two], [two, one], [one, two], [two], [two, one], [two, one]]


@pytest.mark.parametrize(
    "name",
    [
        *("learned_begin", "learned_edit", "learned_choose", "learned_publish"),
        *("learned_take_back", "entry_add", "entry_edit", "entry_arrange"),
        "entry_history",
    ],
)
def test_whoever_does_not_edit_is_refused(client, national, lead, officer, name):
    entry = published(by=national).entries.last()
    more = {
        "learned_choose": {"source": "actions"},
        "entry_add": {"section": "learned"},
    }.get(name, {"entry": entry.pk} if name.startswith("entry_") else {})
    before = LearnedEntry.objects.count(), entry.version

    for person in (lead, officer):
        client.force_login(person)
        for method in (client.get, client.post):
            assert method(url(name, **more)).status_code == 403
    client.logout()
    assert client.post(url(name, **more)).status_code == 302

    entry.refresh_from_db()
    assert (LearnedEntry.objects.count(), entry.version) == before
    assert Learned.objects.get().is_published
