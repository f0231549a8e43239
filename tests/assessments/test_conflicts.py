"""Settling what two have written, as a browser without JavaScript asks for it, and as the script does."""

import json
import uuid

import pytest

from assessments.models import Answer, AnswerVersion
from assessments.views.loading import reflection_url
from cdf_site.common.two_texts import joined
from tests.steps import criterion_subject, entry, save, stored, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(reflection):
    return reflection_url("outcome_edit", reflection, module="LEVELS", number=1)


def sent(person, *, version="0", **fields):
    """A page's post that holds one answer; the others are as they were, not answered."""
    return {
        "operation_id": str(uuid.uuid4()),
        "written_in": "en",
        "page_of": person.pk,
        "going-well-version": version,
        "going-well-text": "Mine",
    } | fields


def by_script(client, page, data):
    return client.post(page, data, headers={"Accept": "application/json"})


def texts():
    return list(AnswerVersion.objects.order_by("pk").values_list("text", "refusal"))


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("Mine", "Theirs", "Mine\n\nTheirs"),
        ("Mine\r\n", "\nTheirs ", "Mine\n\nTheirs"),
        ("The same", "The same", "The same"),
        ("Mine\n\nTheirs", "Theirs", "Mine\n\nTheirs"),
        ("Mine", "Theirs\n\nMine", "Theirs\n\nMine"),
        ("Two\r\nlines", "One\nTwo\nlines", "One\nTwo\nlines"),
        ("", "Theirs", "Theirs"),
    ],
)
def test_joined_texts_say_everything_once(mine, theirs, both):
    assert joined(mine, theirs) == both


def test_script_is_given_the_other_answer_as_the_page_shows_it(
    client, lead, contributor, reflection, page
):
    save(reflection, entry(words_of(reflection), "Theirs <b>"), by=contributor)
    client.force_login(lead)

    reply = by_script(client, page, sent(lead))

    assert reply.status_code == 409
    assert (reply.json()["changed"], list(reply.json()["theirs"])) == (
        [],
        ["going-well"],
    )
    html = reply.json()["theirs"]["going-well"]
    assert "Theirs &lt;b&gt;" in html
    assert str(contributor) in html
    assert [name for name in ("keep_mine", "use_theirs", "join") if name in html] == [
        "keep_mine",
        "use_theirs",
        "join",
    ]
    assert 'data-version="1"' in html


def test_joining_is_offered_for_two_texts_only(
    client, lead, contributor, reflection, page
):
    criterion = criterion_subject(reflection)
    save(reflection, entry(criterion, choice="met"), by=contributor)
    client.force_login(lead)
    data = sent(lead) | {
        f"{criterion.key}-version": "0",
        f"{criterion.key}-choice": "partly_met",
        f"{criterion.key}-text": "A reason",
    }

    html = by_script(client, page, data).json()["theirs"][criterion.key]

    assert ('name="use_theirs"' in html, 'name="join"' in html) == (True, False)


@pytest.mark.parametrize(
    ("button", "text"),
    [("keep_mine", "Mine"), ("use_theirs", "Theirs"), ("join", "Mine\n\nTheirs")],
)
def test_buttons_settle_one_answer_and_stay(
    client, lead, contributor, reflection, page, button, text
):
    save(reflection, entry(words_of(reflection), "Theirs"), by=contributor)
    client.force_login(lead)
    form = client.get(page).context["form"]
    versions = {name: 0 for name in form.fields if name.endswith("-version")}
    client.post(page, versions | sent(lead))

    response = client.post(
        page, versions | sent(lead, version="1") | {button: "going-well"}
    )

    assert response.status_code == 302
    assert response.url.startswith(page)
    assert stored(reflection, words_of(reflection)).text == text
    assert texts()[:2] == [("Theirs", ""), ("Mine", "stale")]


def test_what_is_not_settled_yet_is_shown_again(
    client, lead, contributor, reflection, page
):
    save(reflection, entry(words_of(reflection), "Theirs"), by=contributor)
    criterion = criterion_subject(reflection)
    save(reflection, entry(criterion, "Theirs too"), by=contributor)
    client.force_login(lead)
    form = client.get(page).context["form"]
    versions = {name: 0 for name in form.fields if name.endswith("-version")}
    data = (
        versions
        | sent(lead, version="1")
        | {
            "going-well-base": "0",
            f"{criterion.key}-version": "1",
            f"{criterion.key}-base": "0",
            f"{criterion.key}-text": "Mine too",
            "use_theirs": criterion.key,
        }
    )

    response = client.post(page, data)

    assert response.status_code == 409
    shown = [row.item.key for row in response.context["form"].rows if row.conflict]
    assert shown == ["going-well"]
    assert set(Answer.objects.values_list("text", flat=True)) == {
        "Theirs",
        "Theirs too",
    }


def test_the_fields_of_the_other_answer_are_those_that_would_send_it(
    client, lead, contributor, reflection, page
):
    criterion = criterion_subject(reflection)
    save(reflection, entry(criterion, "Why", choice="not_applicable"), by=contributor)
    client.force_login(lead)
    data = sent(lead) | {
        f"{criterion.key}-version": "0",
        f"{criterion.key}-choice": "met",
    }
    response = by_script(client, page, data)
    data["going-well-version"] = "1"

    row = next(
        row
        for row in client.post(
            page,
            {
                name: 0
                for name in client.get(page).context["form"].fields
                if name.endswith("-version")
            }
            | data,
        )
        .context["form"]
        .rows
        if row.conflict
    )

    assert response.status_code == 409
    fields = json.loads(row.theirs_as_sent)
    assert {
        name: fields[f"{criterion.key}-{name}"]
        for name in ("version", "choice", "text")
    } == {
        "version": ["1"],
        "choice": ["not_applicable"],
        "text": ["Why"],
    }


def test_a_page_of_another_person_is_refused_with_the_reason(
    client, lead, contributor, page
):
    client.force_login(contributor)

    response = by_script(client, page, sent(lead))

    assert (response.status_code, response.json()) == (
        403,
        {"reason": "another_person"},
    )


# What was written after a request whose reply never came -----------------------------------


def test_it_goes_on_from_the_version_that_the_request_made(client, lead, page):
    client.force_login(lead)
    first = sent(lead)
    by_script(client, page, first)

    after = sent(
        lead,
        **{
            "going-well-text": "Mine, and more",
            "going-well-after": first["operation_id"],
        },
    )
    response = by_script(client, page, after)

    assert (response.status_code, response.json()["versions"]) == (
        200,
        {"going-well": 2},
    )
    assert texts() == [("Mine", ""), ("Mine, and more", "")]


def test_but_not_over_what_somebody_wrote_since(
    client, lead, contributor, reflection, page
):
    client.force_login(lead)
    first = sent(lead)
    by_script(client, page, first)
    save(reflection, entry(words_of(reflection), "Theirs", base=1), by=contributor)

    after = sent(
        lead,
        **{
            "going-well-text": "Mine, and more",
            "going-well-after": first["operation_id"],
        },
    )

    assert by_script(client, page, after).status_code == 409
    assert Answer.objects.get().text == "Theirs"


@pytest.mark.parametrize(
    "after", ["x", "7c1f5a52-6a3e-4f0e-8d61-0d2b8c1f6a09", "theirs"]
)
def test_and_not_after_what_was_not_ones_own(
    client, lead, contributor, reflection, page, after
):
    number = uuid.uuid4()
    save(
        reflection,
        entry(words_of(reflection), "Theirs"),
        by=contributor,
        operation_id=number,
    )
    client.force_login(lead)
    after = str(number) if after == "theirs" else after

    response = by_script(client, page, sent(lead, **{"going-well-after": after}))

    assert response.status_code == 409
