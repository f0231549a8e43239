"""Views before the meeting: private, frozen by the discussion, and never few enough to name people."""

import datetime
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import services
from assessments.models import Discussion, View
from assessments.selectors import load_sheet
from assessments.selectors import room as selectors_room
from assessments.services import Opinion
from assessments.services.own_views import fingerprint
from assessments.snapshot import build
from assessments.views.loading import reflection_url
from organisations.models import AuditEvent
from tests.factories import UserFactory
from tests.steps import outcome_of, start, submit

pytestmark = pytest.mark.django_db

UNTOUCHED = fingerprint("", "", False)
SECRET = "Honestly, we are not there."


def opinion(outcome, choice="2", text="", *, base=0, was=UNTOUCHED, shared=False):
    return Opinion(outcome.pk, base, was, choice, text, shared)


def think(reflection, *opinions, by):
    return services.save_views(
        reflection=reflection, opinions=list(opinions), language="en", by=by
    )


def open_it(reflection, outcome, *, by):
    return services.open_discussion(reflection=reflection, outcome=outcome, by=by)


def stored():
    return list(
        View.objects.order_by("pk").values_list(
            "by__email", "choice", "text", "version"
        )
    )


@pytest.fixture
def outcome(reflection):
    return outcome_of(reflection)


@pytest.fixture
def third(cluster):
    return UserFactory(email="third@example.test", contributor_to=cluster)


@pytest.fixture
def fourth(cluster):
    return UserFactory(email="fourth@example.test", contributor_to=cluster)


@pytest.fixture
def page(reflection):
    return reflection_url("own_view_edit", reflection, module="LEVELS", number=1)


@pytest.fixture
def discussion_page(reflection):
    return reflection_url("discussion_detail", reflection, module="LEVELS", number=1)


# Saving -----------------------------------------------------------------------------------


def test_each_has_a_view_of_their_own(reflection, outcome, lead, contributor):
    saved = think(reflection, opinion(outcome, "1", "Early days."), by=contributor)
    think(reflection, opinion(outcome, "3"), by=lead)

    assert (saved.changed, saved.versions) == ([outcome.pk], {outcome.pk: 1})
    assert stored() == [
        ("contributor@example.test", "1", "Early days.", 1),
        ("lead@example.test", "3", "", 1),
    ]


def test_a_stale_view_changes_nothing_and_both_are_there(
    reflection, outcome, contributor
):
    think(reflection, opinion(outcome, "1", "First tab."), by=contributor)

    saved = think(reflection, opinion(outcome, "2", "Second tab."), by=contributor)

    assert (saved.changed, saved.conflicts[outcome.pk].text) == ([], "First tab.")
    assert stored() == [("contributor@example.test", "1", "First tab.", 1)]


def test_what_nobody_touched_on_an_old_page_is_left_alone(
    reflection, outcome, contributor
):
    think(reflection, opinion(outcome, "1", "First tab."), by=contributor)

    saved = think(reflection, opinion(outcome, ""), by=contributor)

    assert (saved.changed, saved.conflicts) == ([], {})
    assert stored() == [("contributor@example.test", "1", "First tab.", 1)]


def test_a_text_taken_back_to_what_the_page_showed_is_saved(
    reflection, outcome, contributor
):
    think(reflection, opinion(outcome, "1", "A thought."), by=contributor)

    think(reflection, opinion(outcome, "", base=1), by=contributor)

    assert stored() == [("contributor@example.test", "", "", 2)]


def test_a_level_is_no_sign(reflection, outcome, contributor):
    signs = outcome_of(reflection, module="SIGNS")

    for wrong in (opinion(outcome, "some_signs"), opinion(signs, "2")):
        with pytest.raises(services.ForeignSubject):
            think(reflection, wrong, by=contributor)

    think(reflection, opinion(signs, "some_signs"), by=contributor)
    assert stored() == [("contributor@example.test", "some_signs", "", 1)]


def test_an_outcome_of_another_edition_is_refused(reflection, outcome, contributor):
    with pytest.raises(services.ForeignSubject):
        think(reflection, Opinion(outcome.pk + 10_000, 0, ""), by=contributor)


def test_whoever_is_not_of_the_cluster_has_no_view(
    reflection, outcome, stranger, officer, superuser
):
    for person in (stranger, officer, superuser):
        with pytest.raises(PermissionDenied):
            think(reflection, opinion(outcome), by=person)

    assert stored() == []


def test_once_it_is_submitted_a_view_comes_too_late(
    reflection, outcome, lead, contributor
):
    start(reflection, by=lead)
    submit(reflection, by=lead)

    saved = think(reflection, opinion(outcome, "2", "Late."), by=contributor)

    assert (list(saved.too_late), stored()) == ([outcome.pk], [])


def test_the_audit_says_neither_what_nor_of_which_outcome(
    reflection, outcome, contributor
):
    think(reflection, opinion(outcome, "1", SECRET), by=contributor)

    event = AuditEvent.objects.get(kind=AuditEvent.Kind.CHANGED)
    assert (event.subject_id, event.details) == (
        str(reflection.pk),
        {"what": "own_view"},
    )


# The spread, and what it must not say ----------------------------------------------------------


def shown(reflection, outcome):
    spread = selectors_room.spread_of(reflection, outcome)
    return [row.count for row in spread.rows], [view.text for view in spread.sentences]


@pytest.mark.parametrize("views", [0, 1, 2])
def test_with_fewer_than_three_views_it_is_not_opened_and_no_number_is_told(
    client, reflection, outcome, discussion_page, lead, contributor, third, views
):
    for person in [contributor, third, lead][:views]:
        think(reflection, opinion(outcome, "1", SECRET, shared=True), by=person)
    client.force_login(lead)
    audited = AuditEvent.objects.count()
    before = client.get(discussion_page).content.decode()

    response = client.post(discussion_page)

    html = response.content.decode()
    sentence = "Fewer than three people have recorded a view. It can be opened when"
    assert (response.status_code, sentence in html, sentence in before) == (
        409,
        True,
        False,
    )
    assert SECRET not in html
    assert not Discussion.objects.exists()
    assert AuditEvent.objects.count() == audited


def test_a_refused_opening_freezes_nothing(
    reflection, outcome, lead, contributor, third
):
    for person in (lead, contributor):
        think(reflection, opinion(outcome, "1"), by=person)
    with pytest.raises(services.TooFewViews):
        open_it(reflection, outcome, by=lead)

    saved = think(reflection, opinion(outcome, "2"), by=third)
    open_it(reflection, outcome, by=lead)

    assert saved.changed == [outcome.pk]
    assert shown(reflection, outcome) == ([0, 2, 1, 0], [])


def test_three_views_are_counted_and_not_named(
    client, reflection, outcome, discussion_page, lead, contributor, third
):
    think(reflection, opinion(outcome, "2", "Zeal.", shared=True), by=lead)
    think(reflection, opinion(outcome, "1", SECRET), by=contributor)
    think(reflection, opinion(outcome, "2", "Also good.", shared=True), by=third)

    open_it(reflection, outcome, by=lead)

    client.force_login(contributor)
    html = client.get(discussion_page).content.decode()
    assert shown(reflection, outcome) == ([0, 1, 2, 0], ["Also good.", "Zeal."])
    assert html.index("Also good.") < html.index("Zeal.")
    assert SECRET not in html
    assert [name for name in (str(lead), str(third)) if name in html] == []


def test_a_sentence_without_a_level_is_no_view(
    reflection, outcome, lead, contributor, third
):
    think(reflection, opinion(outcome, "2"), by=lead)
    think(reflection, opinion(outcome, "2"), by=contributor)
    think(reflection, opinion(outcome, "", "No idea.", shared=True), by=third)

    with pytest.raises(services.TooFewViews):
        open_it(reflection, outcome, by=lead)

    assert not Discussion.objects.exists()


def test_signs_are_spread_as_levels_are(reflection, lead, contributor, third):
    signs = outcome_of(reflection, module="SIGNS")
    for person in (lead, contributor, third):
        think(reflection, opinion(signs, "some_signs"), by=person)

    open_it(reflection, signs, by=lead)

    assert shown(reflection, signs) == ([0, 3, 0], [])


def test_a_later_view_does_not_show_itself_as_the_difference(
    reflection, outcome, lead, contributor, third, fourth
):
    for person in (lead, contributor, third):
        think(reflection, opinion(outcome, "2"), by=person)
    open_it(reflection, outcome, by=lead)

    late = think(reflection, opinion(outcome, "0", "Late.", shared=True), by=fourth)
    changed = think(reflection, opinion(outcome, "1", base=1, was=""), by=contributor)
    again = open_it(reflection, outcome, by=lead)

    assert (list(late.too_late), list(changed.too_late)) == ([outcome.pk], [outcome.pk])
    assert (again.view_count, again.spread) == (3, {"2": 3})
    assert shown(reflection, outcome) == ([0, 0, 3, 0], [])
    assert [choice for _, choice, _, _ in stored()] == ["2", "2", "2"]


def test_opening_one_outcome_leaves_the_others(
    reflection, outcome, lead, contributor, third
):
    other = outcome_of(reflection, number=2)
    for person in (lead, contributor, third):
        think(reflection, opinion(outcome, "2"), by=person)

    open_it(reflection, outcome, by=lead)
    saved = think(reflection, opinion(other, "1"), by=contributor)

    assert saved.changed == [other.pk]


def test_only_the_lead_opens(reflection, outcome, contributor, stranger, superuser):
    for person in (contributor, stranger, superuser):
        with pytest.raises(PermissionDenied):
            open_it(reflection, outcome, by=person)

    assert not Discussion.objects.exists()


def test_before_it_is_opened_nobody_sees_how_many_there_are(
    client, reflection, outcome, discussion_page, page, lead, contributor, third, fourth
):
    client.force_login(lead)
    pages = [
        discussion_page,
        page,
        reflection_url("own_views_edit", reflection),
        reflection_url("reflection_detail", reflection),
        reflection_url("outcome_edit", reflection, module="LEVELS", number=1),
    ]
    lengths = [len(client.get(url).content) for url in pages]

    for person in (contributor, third, fourth):
        think(reflection, opinion(outcome, "1", SECRET, shared=True), by=person)

    assert [len(client.get(url).content) for url in pages] == lengths


# Privacy ---------------------------------------------------------------------------------------


def test_a_view_is_visible_to_its_author_alone(
    reflection, outcome, lead, contributor, officer, national, administrator, superuser
):
    think(reflection, opinion(outcome, "1", SECRET), by=contributor)

    readers = [
        person
        for person in (
            *(lead, contributor, officer),
            *(national, administrator, superuser),
        )
        if View.objects.visible_to(person).exists()
    ]

    assert readers == [contributor]


def test_whoever_left_the_cluster_does_not_read_even_their_own(
    reflection, outcome, contributor
):
    think(reflection, opinion(outcome, "1", SECRET), by=contributor)
    contributor.memberships.update(ends_on=contributor.memberships.get().starts_on)

    contributor = type(contributor).objects.get(pk=contributor.pk)

    assert not View.objects.visible_to(contributor).exists()


def test_no_page_of_anybody_else_says_what_is_in_a_view(
    client, reflection, outcome, page, discussion_page, lead, third, contributor
):
    think(reflection, opinion(outcome, "1", SECRET), by=contributor)
    pages = [
        page,
        discussion_page,
        reflection_url("own_views_edit", reflection),
        reflection_url("reflection_detail", reflection),
        reflection_url("outcome_edit", reflection, module="LEVELS", number=1),
        reflection_url("draft_detail", reflection),
        reflection_url("session_detail", reflection),
    ]

    found = {}
    for person in (contributor, lead, third):
        client.force_login(person)
        found[person] = [
            url for url in pages if SECRET in client.get(url).content.decode()
        ]

    assert found == {contributor: [pages[0], pages[2]], lead: [], third: []}


def test_a_submission_holds_no_view(reflection, outcome, lead, contributor, third):
    for person in (lead, contributor, third):
        think(reflection, opinion(outcome, "1", SECRET, shared=True), by=person)
    open_it(reflection, outcome, by=lead)
    start(reflection, by=lead)

    draft = json.dumps(build(load_sheet(reflection)))
    submission = submit(reflection, by=lead)

    assert SECRET not in draft
    assert SECRET not in submission.content


# Pages ------------------------------------------------------------------------------------------


def typed(client, url, **changes):
    """What the page would send; ``choice``, ``text`` and ``shared`` are typed into its first row."""
    response = client.get(url)
    form = response.context["form"]
    sent = {
        field.html_name: field.value()
        for field in form
        if field.value() is not None and field.value() is not False
    }
    key = response.context["rows"][0].key
    return sent | {f"{key}-{part}": value for part, value in changes.items()}


def test_own_view_edit_saves_and_leads_on_to_the_next(
    client, reflection, page, contributor
):
    client.force_login(contributor)

    response = client.post(page, typed(client, page, choice="2", text="Rydym yn agos."))

    assert response.url == reflection_url(
        "own_view_edit", reflection, module="LEVELS", number=2
    )
    view = View.objects.get()
    assert (view.choice, view.text, view.is_shared) == ("2", "Rydym yn agos.", False)


def test_own_view_edit_leads_from_the_last_to_the_list(client, reflection, contributor):
    client.force_login(contributor)
    last = reflection_url("own_view_edit", reflection, module="SIGNS", number=1)
    the_list = reflection_url("own_views_edit", reflection)
    beside = f'<li><a href="{the_list}">'

    response = client.post(last, typed(client, last, text="Enough."))

    assert response.url == the_list
    assert beside in client.get(last).content.decode()
    assert beside not in client.get(the_list).content.decode()


def test_own_view_edit_takes_a_sentence_of_500_characters(client, page, contributor):
    client.force_login(contributor)

    refused = client.post(page, typed(client, page, choice="1", text="ŵ" * 501))
    taken = client.post(page, typed(client, page, choice="1", text="ŵ" * 500))

    html = refused.content.decode()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "You can enter up to 500 characters" in html
    assert 'data-maxlength="500"' in html


def test_own_view_edit_shows_both_tabs(client, page, contributor):
    client.force_login(contributor)
    second = typed(client, page, choice="3", text="From the second tab.", stay="1")
    client.post(page, typed(client, page, choice="1", text="From the first tab."))

    response = client.post(page, second)

    html = response.content.decode()
    assert response.status_code == 409
    assert (
        html.count("From the first tab.") == 2
    )  # beside the field, and for the script
    assert html.count("From the second tab.") == 1
    row = response.context["rows"][0]
    assert (row.version.value(), row.text.value()) == (1, "From the second tab.")


@pytest.mark.parametrize(
    ("button", "text"),
    [("keep_mine", "From the second tab."), ("use_theirs", "From the first tab.")],
)
def test_own_view_edit_settles_as_the_button_says(
    client, page, contributor, button, text
):
    client.force_login(contributor)
    second = typed(client, page, choice="3", text="From the second tab.")
    client.post(page, typed(client, page, choice="1", text="From the first tab."))
    client.post(page, second)
    key = f"view-{View.objects.get().outcome_id}"

    response = client.post(page, second | {button: key})

    assert (response.status_code, View.objects.get().text) == (302, text)


def test_own_view_edit_gives_back_what_came_too_late(
    client, reflection, outcome, page, lead, contributor, third, fourth
):
    for person in (lead, third, fourth):
        think(reflection, opinion(outcome, "2"), by=person)
    client.force_login(contributor)
    sent = typed(client, page, choice="1", text="A slow thought.")
    open_it(reflection, outcome, by=lead)

    response = client.post(page, sent)

    assert response.status_code == 409
    assert "A slow thought." in response.content.decode()
    assert "This came too late to count" in response.content.decode()
    assert not View.objects.filter(by=contributor).exists()


def test_own_views_edit_saves_each_outcome(client, reflection, contributor):
    client.force_login(contributor)
    url = reflection_url("own_views_edit", reflection)
    sent = typed(client, url)
    for number, choice in ((1, "1"), (2, "3")):
        sent[f"view-{outcome_of(reflection, number=number).pk}-choice"] = choice

    response = client.post(url, sent)

    assert response.url == reflection_url("reflection_detail", reflection)
    assert [choice for _, choice, _, _ in stored()] == ["1", "3"]


def test_a_script_is_told_what_became_of_a_view(client, outcome, page, contributor):
    client.force_login(contributor)
    person = {"page_of": contributor.pk}
    stale = typed(client, page, choice="3", text="Second.") | person
    sent = typed(client, page, choice="1", text="First.") | person
    headers = {"accept": "application/json"}

    saved = client.post(page, sent, headers=headers)
    refused = client.post(page, stale, headers=headers)

    key = f"view-{outcome.pk}"
    assert (saved.status_code, saved.json()["versions"]) == (200, {key: 1})
    assert refused.status_code == 409
    assert refused.json()["conflicts"] == [key]
    assert "First." in refused.json()["theirs"][key]


def test_a_view_of_somebody_else_in_this_browser_is_not_saved(
    client, page, contributor, lead
):
    client.force_login(contributor)
    sent = typed(client, page, choice="1", text=SECRET) | {"page_of": contributor.pk}
    client.force_login(lead)

    response = client.post(page, sent)

    assert (response.status_code, stored()) == (403, [])
    assert SECRET not in response.content.decode()


def test_a_spoiled_hidden_field_saves_nothing(client, outcome, page, contributor):
    client.force_login(contributor)
    sent = typed(client, page, choice="1") | {f"view-{outcome.pk}-version": "x"}

    assert client.post(page, sent).status_code == 400
    assert stored() == []


def test_discussion_detail_is_opened_by_the_lead_alone(
    client, reflection, outcome, discussion_page, lead, contributor, third
):
    for person in (lead, contributor, third):
        think(reflection, opinion(outcome, "2"), by=person)
    client.force_login(contributor)
    refused = client.post(discussion_page)
    client.force_login(lead)
    opened = client.post(discussion_page)

    assert (refused.status_code, opened.url) == (403, discussion_page)
    assert Discussion.objects.get().opened_by == lead


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ("closing hour", "The time for answers is over, so it can no longer be opened"),
        ("submitted", "The self-reflection has been submitted, so it can no longer"),
    ],
)
def test_discussion_detail_says_why_the_lead_cannot_open_it_any_more(
    client, reflection, discussion_page, lead, ending, sentence
):
    if ending == "submitted":
        start(reflection, by=lead)
        submit(reflection, by=lead)
    else:
        cycle = reflection.cycle
        cycle.closes_at = timezone.now() - datetime.timedelta(hours=1)
        cycle.save()
    client.force_login(lead)

    html = client.get(discussion_page).content.decode()

    assert sentence in html
    assert "lead opens it" not in html


def test_discussion_detail_of_no_outcome_is_not_found(client, reflection, lead):
    client.force_login(lead)
    url = reflection_url("discussion_detail", reflection, module="LEVELS", number=9)

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("views", [1, 3])
def test_own_views_edit_takes_the_same_queries_for_any_number(
    client, reflection, contributor, django_assert_num_queries, views
):
    outcomes = [
        outcome_of(reflection),
        outcome_of(reflection, number=2),
        outcome_of(reflection, module="SIGNS"),
    ]
    choices = ["1", "2", "some_signs"]
    think(
        reflection,
        *(opinion(o, c) for o, c in list(zip(outcomes, choices, strict=True))[:views]),
        by=contributor,
    )
    client.force_login(contributor)

    with django_assert_num_queries(8):
        client.get(reflection_url("own_views_edit", reflection))


@pytest.mark.parametrize("sentences", [1, 3])
def test_discussion_detail_takes_the_same_queries_for_any_number(
    client,
    reflection,
    outcome,
    discussion_page,
    lead,
    contributor,
    third,
    django_assert_num_queries,
    sentences,
):
    for number, person in enumerate((lead, contributor, third)):
        think(
            reflection,
            opinion(outcome, "1", f"View {number}", shared=number < sentences),
            by=person,
        )
    open_it(reflection, outcome, by=lead)
    client.force_login(lead)

    with django_assert_num_queries(9):
        client.get(discussion_page)
