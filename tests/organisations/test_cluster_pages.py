"""What administrators see and press when a cluster is renamed, closed, merged or split."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from assessments.models import Action
from organisations.models import Cluster, FormerName, Succession
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    HealthBoardFactory,
    LocalAuthorityFactory,
    UserFactory,
)
from tests.steps import State, bring_to, invite, start, submit

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
ACTS = ("rename", "close", "split")


@pytest.fixture
def staff(client, administrator):
    """The administrator's browser."""
    client.force_login(administrator)
    return client


@pytest.fixture
def later():
    return timezone.localdate() + 30 * DAY


def url(name, *args):
    return reverse(f"admin:organisations_cluster_{name}", args=args)


def words(page):
    """The text of a page's content, with single spaces."""
    html = page.content.decode()
    return re.sub(r"\s+", " ", strip_tags(html[html.index('id="content"') :]))


def errors_of(page):
    html = page.content.decode()
    found = re.findall(
        r'class="errorlist[^>]*>\s*<li>(.*?)</li>|class="errornote">(.*?)<',
        html,
        re.DOTALL,
    )
    return [one or other for one, other in found]


def new_cluster(prefix="new", number=1, **changes):
    described = {
        "name_cy": f"Y Newydd {number}",
        "name_en": f"The New {number}",
        "code": f"new-{number}",
        "local_authority": LocalAuthorityFactory().pk,
    } | changes
    return {f"{prefix}-{name}": value for name, value in described.items()}


def seen(page):
    """What the button of a preview sends."""
    return {"confirm": "1", "seen": page.context["plan"].digest}


@pytest.fixture
def merging(cluster, other_cluster, later):
    return {
        "clusters": [cluster.pk, other_cluster.pk],
        "on": later.isoformat(),
        "into": "new",
    } | new_cluster()


@pytest.fixture
def splitting(later):
    return (
        {"on": later.isoformat()}
        | new_cluster("new-0", 1)
        | new_cluster("new-1", 2)
        | {"new-2-local_authority": LocalAuthorityFactory().pk}
    )


# Who gets there ---------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["lead", "officer", "national", "stranger"])
@pytest.mark.parametrize("act", [*ACTS, "merge"])
def test_nobody_but_administrators_opens_them(client, request, cluster, person, act):
    client.force_login(request.getfixturevalue(person))

    address = url(act) if act == "merge" else url(act, cluster.pk)

    assert client.get(address, follow=True).status_code == 403
    assert client.post(address, follow=True).status_code == 403


@pytest.mark.parametrize("act", ACTS)
def test_a_cluster_that_is_not_there(staff, act):
    assert staff.get(url(act, 999)).status_code == 404


def test_the_ways_in(staff, cluster, other_cluster):
    page = staff.get(url("change", cluster.pk)).content.decode()
    listed = staff.get(url("changelist")).content.decode()
    chosen = staff.post(
        url("changelist"),
        {"action": "merge_chosen", "_selected_action": [cluster.pk, other_cluster.pk]},
    )

    for act in ACTS:
        assert f'href="{url(act, cluster.pk)}"' in page
    assert f'href="{url("merge")}?of={cluster.pk}"' in page
    assert f'href="{url("merge")}"' in listed
    assert sorted(re.findall(r"of=(\d+)", chosen["Location"])) == sorted(
        [str(cluster.pk), str(other_cluster.pk)]
    )


def test_names_and_the_day_of_closing_change_by_these_pages_alone(
    staff, cluster, reflection
):
    names = cluster.name_cy, cluster.name_en
    page = staff.get(url("change", cluster.pk))

    staff.post(
        url("change", cluster.pk),
        {
            **{
                name: value
                for name, value in page.context["adminform"].form.initial.items()
                if value is not None
            },
            "name_cy": "X",
            "name_en": "X",
            "closed_on": "2030-01-01",
            "health_board": HealthBoardFactory().pk,
        },
    )

    board = cluster.health_board
    cluster.refresh_from_db()
    assert (cluster.name_cy, cluster.name_en) == names
    assert cluster.closed_on is None
    assert cluster.health_board == board


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_cluster_says_what_was(staff, cluster, other_cluster, merging, language):
    staff.post(url("rename", cluster.pk), {"name_cy": "Cymraeg", "name_en": "English"})
    preview = staff.post(url("merge"), merging)
    staff.post(url("merge"), merging | seen(preview))

    path = url("change", cluster.pk).replace("/en/", f"/{language}/")
    page = words(staff.get(path))

    former = FormerName.objects.get()
    name = {"cy": former.name_cy, "en": former.name_en}[language]
    assert f"{name} ({'diwedd:' if language == 'cy' else 'until'} " in page
    assert {"cy": "Y Newydd 1 (unwyd, ", "en": "The New 1 (merged, "}[language] in page


# Renaming ---------------------------------------------------------------------------------


def test_renaming(staff, cluster, administrator):
    response = staff.post(
        url("rename", cluster.pk),
        {"name_cy": "Dyffryn Afan", "name_en": "Afan Valley", "reason": "Vote."},
        follow=True,
    )

    cluster.refresh_from_db()
    former = FormerName.objects.get()
    assert (cluster.name_cy, cluster.name_en) == ("Dyffryn Afan", "Afan Valley")
    assert (former.renamed_by, former.reason) == (administrator, "Vote.")
    assert "The cluster has its new name." in response.content.decode()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"name_cy": "Afan", "name_en": ""}, ["This field is required."]),
        ({"name_cy": " ", "name_en": "Afan"}, ["This field is required."]),
        ({}, ["The cluster is called so already."]),
    ],
)
def test_names_that_are_refused(staff, cluster, names, expected):
    today = {"name_cy": cluster.name_cy, "name_en": cluster.name_en}

    page = staff.post(url("rename", cluster.pk), today | names)

    assert errors_of(page) == expected
    assert not FormerName.objects.exists()


# Merging ----------------------------------------------------------------------------------


def test_merging_asks_shows_and_does(
    staff, cluster, other_cluster, lead, stranger, merging, later
):
    both = UserFactory(contributor_to=cluster, lead_of=other_cluster)
    form = staff.get(url("merge"), {"of": [cluster.pk, other_cluster.pk]})
    assert form.context["forms"][0].initial["clusters"] == sorted(
        [str(cluster.pk), str(other_cluster.pk)]
    )

    preview = staff.post(url("merge"), merging)

    day, last = (f"{each.day} {each:%B} {each.year}" for each in (later, later - DAY))
    text = words(preview)
    assert f"{cluster.name} Closes on {day}. Its last day: {last}." in text
    assert f"The New 1 Opens on {day}, as a new cluster." in text
    assert (
        f"{lead.name} {lead.email} Cluster lead: {cluster.name}. Last day: {last} "
        f"Cluster lead: The New 1. First day: {day}" in text
    )
    assert (
        f"{both.name} {both.email} Contributor: {cluster.name}. Last day: {last} "
        f"Cluster lead: {other_cluster.name}. Last day: {last} "
        f"Cluster lead: The New 1. First day: {day}" in text
    )
    assert "People who will lead this cluster: 3 (The New 1)." in text
    assert Cluster.objects.count() == 2
    assert not Succession.objects.exists()

    done = staff.post(url("merge"), merging | seen(preview), follow=True)

    assert "The merger is written down" in done.content.decode()
    assert Cluster.objects.get(code="new-1").opened_on == later
    assert (
        Cluster.objects.exclude(code="new-1")
        .values("closed_on")
        .distinct()
        .get()["closed_on"]
        == later
    )


def test_merging_into_one_that_is_there_needs_no_name(
    staff, cluster, other_cluster, lead, merging
):
    into = merging | {"into": other_cluster.pk, "new-name_cy": "", "new-code": ""}

    preview = staff.post(url("merge"), into)
    staff.post(url("merge"), into | seen(preview))

    text = words(preview)
    assert f"{other_cluster.name} Carries on, with its name, its code" in text
    cluster.refresh_from_db()
    other_cluster.refresh_from_db()
    assert (cluster.closed_on is None, other_cluster.closed_on) == (False, None)
    assert Cluster.objects.count() == 2


def test_what_waits_and_what_stays_is_shown(
    staff, cluster, other_cluster, lead, reflection, merging, edition
):
    invite(cluster, by=lead, email="invited@example.test")
    start(reflection, by=lead)
    submit(reflection, by=lead)
    Action.objects.create(
        reflection=reflection, text="To do.", language="en", added_by=lead
    )
    on = timezone.localdate(reflection.cycle.closes_at) + DAY
    planned = CycleFactory(
        edition=edition,
        name_en="The next one",
        opened_at=None,
        opens_at=reflection.cycle.closes_at,
        closes_at=reflection.cycle.closes_at + 60 * DAY,
    )

    text = words(staff.post(url("merge"), merging | {"on": on.isoformat()}))

    assert f"invited@example.test (contributor, {cluster.name})" in text
    assert "in the results of their cycles: 1." in text
    assert "Actions that are not done, with the cluster that closes: 1." in text
    assert f"{cluster.name}, {reflection.cycle.name} · Submitted" in text
    assert planned.name in text


def test_what_changed_meanwhile_is_shown_again_and_not_done(
    staff, cluster, other_cluster, merging
):
    first = staff.post(url("merge"), merging)
    newcomer = UserFactory(contributor_to=cluster)

    second = staff.post(url("merge"), merging | seen(first))

    assert "Something has changed since you looked" in words(second)
    assert newcomer.email in words(second)
    assert not Succession.objects.exists()

    staff.post(url("merge"), merging | seen(second))

    assert Succession.objects.count() == 2


def test_without_the_preview_nothing_is_done(staff, merging):
    page = staff.post(url("merge"), merging | {"confirm": "1"})

    assert page.status_code == 200
    assert not Succession.objects.exists()


def test_going_back_keeps_what_was_typed(staff, merging):
    page = staff.post(url("merge"), merging | {"back": "1"})

    assert 'value="Y Newydd 1"' in page.content.decode()
    assert page.context["has_errors"] is False
    assert not Succession.objects.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"on": ""}, ["This field is required."]),
        ({"on": "yesterday"}, ["Enter a valid date."]),
        ({"on": "2020-01-01"}, ["Choose a day from today on, at most two years ahead."]),
        ({"on": "2206-01-01"}, ["Choose a day from today on, at most two years ahead."]),
        ({"clusters": []}, ["This field is required."]),
        ({"clusters": ["0"]}, ["Select a valid choice. 0 is not one of the available choices."]),
        ({"new-name_cy": ""}, ["This field is required."]),
        ({"new-code": "AFAN"}, ["Another cluster has this code."]),
        ({"into": "0"}, ["Select a valid choice. 0 is not one of the available choices."]),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_where_it_stands(staff, merging, changes, expected):
    page = staff.post(url("merge"), merging | changes)

    assert errors_of(page) == expected
    assert not Succession.objects.exists()


def test_one_cluster_is_not_merged_with_itself(staff, cluster, merging):
    page = staff.post(url("merge"), merging | {"clusters": [cluster.pk, cluster.pk]})

    assert errors_of(page) == ["Choose at least two clusters."]


def test_into_one_that_was_not_chosen(staff, board, merging):
    third = ClusterFactory(health_board=board)

    page = staff.post(url("merge"), merging | {"into": third.pk})

    assert errors_of(page) == ["Choose a new cluster, or one of those that become one."]


def test_clusters_of_two_boards(staff, cluster, merging):
    elsewhere = ClusterFactory()

    page = staff.post(url("merge"), merging | {"clusters": [cluster.pk, elsewhere.pk]})

    assert errors_of(page)[0].startswith(
        "These clusters belong to different health boards."
    )


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_cycle_that_runs_puts_the_day_off_and_names_the_earliest(
    staff, reflection, merging, language
):
    earliest = timezone.localdate(reflection.cycle.closes_at) + DAY
    early = merging | {"on": timezone.localdate().isoformat()}
    path = url("merge").replace("/en/", f"/{language}/")

    page = staff.post(path, early)

    day = {"cy": "Y diwrnod cynharaf posibl: ", "en": "The earliest possible day: "}
    [error] = errors_of(page)
    assert day[language] in error
    assert f"{earliest.day} " in error
    assert str(earliest.year) in error


# Splitting --------------------------------------------------------------------------------


def test_splitting_asks_for_everybody_shows_and_does(
    staff, cluster, lead, contributor, splitting, later
):
    asked = staff.post(url("split", cluster.pk), splitting | {"people": "1"})
    text = words(asked)
    assert f"{lead.name} (cluster lead) The New 1 The New 2 None" in text
    assert errors_of(asked) == []

    unsaid = staff.post(url("split", cluster.pk), splitting | {"preview": "1"})
    assert errors_of(unsaid) == ["Say to which clusters this person goes, or none."] * 2

    said = splitting | {
        f"person-{lead.pk}": ["0", "1"],
        f"person-{contributor.pk}": ["leaves"],
    }
    preview = staff.post(url("split", cluster.pk), said | {"preview": "1"})
    text = words(preview)
    assert "Cluster lead: The New 1." in text
    assert "Cluster lead: The New 2." in text
    assert re.search(
        rf"{contributor.email} Contributor: [^.]*\. Last day: [^:]* Nothing", text
    )

    again = staff.post(url("split", cluster.pk), said | {"people": "1"})
    assert errors_of(again) == []
    assert again.content.decode().count("checked") == 3

    staff.post(url("split", cluster.pk), said | seen(preview))

    assert sorted(
        lead.memberships.filter(starts_on=later).values_list("cluster__code", flat=True)
    ) == ["new-1", "new-2"]
    assert not contributor.memberships.filter(starts_on=later).exists()


def test_somebody_who_joined_meanwhile_is_asked_about(staff, cluster, lead, splitting):
    said = splitting | {f"person-{lead.pk}": ["0"]}
    preview = staff.post(url("split", cluster.pk), said | {"preview": "1"})
    newcomer = UserFactory(contributor_to=cluster)

    page = staff.post(url("split", cluster.pk), said | seen(preview))

    assert errors_of(page) == ["Say to which clusters this person goes, or none."]
    assert newcomer.name in words(page)
    assert not Succession.objects.exists()


def test_clusters_and_none_is_not_both(staff, cluster, lead, splitting):
    said = splitting | {f"person-{lead.pk}": ["0", "leaves"], "preview": "1"}

    page = staff.post(url("split", cluster.pk), said)

    assert errors_of(page) == ["Choose clusters, or none, not both."]


def test_a_split_into_one_or_with_one_code_is_refused(staff, cluster, splitting):
    one = splitting | {"new-1-name_cy": "", "new-1-name_en": "", "new-1-code": ""}
    same = splitting | {"new-1-code": "new-1"}

    errors = [
        errors_of(staff.post(url("split", cluster.pk), asked | {"people": "1"}))
        for asked in (one, same)
    ]

    assert errors == [
        ["This field is required."] * 3,
        ["Another cluster has this code, or two of the new ones have the same."],
    ]


def test_a_third_cluster_that_is_half_described(staff, cluster, splitting):
    half = splitting | {"new-2-name_cy": "Y Trydydd", "people": "1"}

    page = staff.post(url("split", cluster.pk), half)

    assert errors_of(page) == ["This field is required."] * 2


def test_a_cluster_of_nobody_is_split_too(staff, cluster, splitting):
    asked = staff.post(url("split", cluster.pk), splitting | {"people": "1"})
    preview = staff.post(url("split", cluster.pk), splitting | {"preview": "1"})
    staff.post(url("split", cluster.pk), splitting | seen(preview))

    assert "Nobody works in this cluster." in words(asked)
    assert Succession.objects.count() == 2


# Closing ----------------------------------------------------------------------------------


def test_closing_asks_shows_and_does(staff, cluster, lead, later):
    day = {"on": later.isoformat()}

    preview = staff.post(url("close", cluster.pk), day)
    staff.post(url("close", cluster.pk), day | seen(preview))

    assert "carry on" not in words(preview)
    cluster.refresh_from_db()
    assert cluster.closed_on == later
    assert lead.memberships.get().ends_on == later - DAY


@pytest.mark.parametrize("act", ["close", "split"])
def test_closing_twice_is_said_with_the_day(staff, cluster, splitting, later, act):
    Cluster.objects.update(closed_on=later)

    page = staff.post(url(act, cluster.pk), splitting | {"people": "1"})

    assert errors_of(page) == [
        f"It is settled that this cluster closes on {later.day} {later:%B} {later.year}: "
        f"{cluster.name}"
    ]
    assert f'href="{url(act, cluster.pk)}"' not in (
        staff.get(url("change", cluster.pk)).content.decode()
    )


# What pages cost, and how they are made -------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_costs_the_same_for_many_people(
    staff, cluster, merging, django_assert_num_queries, count
):
    for number in range(count):
        UserFactory(contributor_to=cluster)
        invite_address = f"invited{number}@example.test"
        invite(
            cluster,
            by=UserFactory(lead_of=cluster),
            email=invite_address,
            known=invite_address,
        )

    with django_assert_num_queries(17):
        staff.post(url("merge"), merging)


def test_no_page_needs_an_inline_style_or_script(staff, cluster, merging, splitting):
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style\b|\sstyle="
    )
    pages = [staff.get(url(act, cluster.pk)) for act in ACTS]
    pages += [
        staff.get(url("merge")),
        staff.post(url("merge"), merging),
        staff.post(url("split", cluster.pk), splitting | {"people": "1"}),
    ]

    assert [page.status_code for page in pages] == [200] * 6
    assert [inline.findall(page.content.decode()) for page in pages] == [[]] * 6


def test_a_name_with_signs_of_html_is_shown_as_it_is(staff, merging):
    name = '<b onclick="x">&amp;'

    page = staff.post(url("merge"), merging | {"new-name_en": name})

    assert "<b onclick" not in page.content.decode()
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;amp;" in page.content.decode()


def test_an_agreed_self_reflection_puts_nothing_off(
    staff, reflection, cluster, lead, officer, national
):
    bring_to(State.AGREED, reflection, lead=lead, officer=officer, national=national)
    day = {"on": timezone.localdate().isoformat()}

    preview = staff.post(url("close", cluster.pk), day)

    assert errors_of(preview) == []
    assert "Nothing has happened yet." in words(preview)
