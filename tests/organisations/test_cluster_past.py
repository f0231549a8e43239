"""What clusters submitted, read after they were renamed, closed, merged or split."""

import datetime
import json
import re
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from assessments.models import Evidence, SelfReflection, Submission
from assessments.services import close_cycle, open_cycle
from organisations import services
from organisations.models import Cluster, FormerName
from organisations.permissions import Permission, holds
from reporting.exhibits import Page
from reporting.heat_map import load_heat_maps
from reporting.scopes import EVERYWHERE, scope_of_code
from reporting.selectors import load_progress
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    LocalAuthorityFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.steps import add_link, answer_all, submit

pytestmark = pytest.mark.django_db


def never(clusters):
    """Nothing is under way."""


def new(number=1):
    return services.NewCluster(
        name_cy=f"Y Newydd {number}",
        name_en=f"The New {number}",
        code=f"new-{number}",
        local_authority=LocalAuthorityFactory(),
    )


def merge(clusters, into, *, by, on=None):
    asked = {"clusters": clusters, "into": into, "on": on or timezone.localdate()}
    plan = services.plan_merger(**asked, free_from=never)
    return services.merge_clusters(**asked, by=by, free_from=never, seen=plan.digest)


def split(cluster, into, goes_to, *, by):
    asked = {"cluster": cluster, "into": into, "goes_to": goes_to}
    asked["on"] = timezone.localdate()
    plan = services.plan_split(**asked, free_from=never)
    return services.split_cluster(**asked, by=by, free_from=never, seen=plan.digest)


def rename(cluster, name_cy, name_en, *, by):
    services.rename_cluster(cluster=cluster, name_cy=name_cy, name_en=name_en, by=by)


def again(user):
    return type(user).objects.get(pk=user.pk)


def words(page):
    html = page.content.decode()
    return re.sub(r"\s+", " ", strip_tags(html[html.index("<main") :]))


@pytest.fixture
def cluster(cluster):
    cluster.name_cy, cluster.name_en = "Cwm Afan", "Afan"
    cluster.save()
    return cluster


@pytest.fixture
def submission(reflection, lead, national):
    """Of Afan, in a cycle that is closed."""
    answer_all(reflection, by=lead)
    add_link(reflection, by=lead)
    submission = submit(reflection, by=lead)
    close_cycle(cycle=reflection.cycle, by=national)
    return submission


def address(name, reflection, *, of="en", **more):
    kwargs = {"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
    path = reverse(name, kwargs=kwargs | more)
    return path.replace("/en/", f"/{of}/", 1)


# Who reads on -----------------------------------------------------------------------------


def sees(user, submission):
    user = again(user)
    return (
        Submission.objects.visible_to(user).filter(pk=submission.pk).exists(),
        holds(user, Permission.READ_SUBMISSION, submission),
        holds(user, Permission.READ_ANSWERS, submission.reflection),
        Evidence.objects.visible_to(user).exists(),
    )


ALL_BUT_DRAFTS = (True, True, False, True)
NOTHING = (False, False, False, False)


@pytest.mark.parametrize("into", ["new", "there"])
def test_people_of_the_cluster_that_carries_on_read_what_was_submitted(
    submission, cluster, other_cluster, lead, stranger, administrator, into
):
    assert sees(stranger, submission) == NOTHING

    merge(
        [cluster, other_cluster],
        new() if into == "new" else other_cluster,
        by=administrator,
    )

    assert sees(stranger, submission) == ALL_BUT_DRAFTS
    assert sees(lead, submission) == ALL_BUT_DRAFTS


def test_not_before_the_day(
    submission, cluster, other_cluster, stranger, administrator
):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    merge([cluster, other_cluster], other_cluster, by=administrator, on=tomorrow)

    assert sees(stranger, submission) == NOTHING


def test_after_a_split_both_read_and_after_a_second_merger_too(
    submission, cluster, board, lead, administrator
):
    person, third = (
        UserFactory(contributor_to=cluster),
        ClusterFactory(health_board=board),
    )
    newcomer = UserFactory(lead_of=third)

    _one, two = split(
        cluster,
        [new(1), new(2)],
        {lead.pk: [0], person.pk: [1]},
        by=administrator,
    )
    assert sees(lead, submission) == ALL_BUT_DRAFTS
    assert sees(person, submission) == ALL_BUT_DRAFTS

    Cluster.objects.filter(pk=two.pk).update(opened_on=None)
    two.refresh_from_db()
    merge([two, third], new(3), by=administrator)

    assert sees(newcomer, submission) == ALL_BUT_DRAFTS


def test_nobody_else_reads_more_than_before(
    submission, cluster, other_cluster, board, officer, other_officer, administrator
):
    elsewhere = UserFactory(lead_of=ClusterFactory(health_board=board))
    before = [
        sees(user, submission)
        for user in (elsewhere, officer, other_officer, administrator)
    ]

    merge([cluster, other_cluster], new(), by=administrator)

    assert before == [
        sees(user, submission)
        for user in (elsewhere, officer, other_officer, administrator)
    ]


def test_the_cluster_before_reads_nothing_of_the_one_that_follows(
    reflection, cluster, other_cluster, lead, stranger, administrator
):
    """Of a part that was taken in by one that is there: its own, and not the other way round."""
    answer_all(reflection, by=lead)
    submission = submit(reflection, by=lead)

    merge([cluster, other_cluster], cluster, by=administrator)
    outsider = UserFactory(contributor_to=other_cluster)  # by an administrator's hand

    assert sees(outsider, submission) == NOTHING


def test_ones_own_page_leads_there(
    client, submission, cluster, other_cluster, stranger, administrator
):
    merge([cluster, other_cluster], new(), by=administrator)
    rename(cluster, "Enw Arall", "Another Name", by=administrator)
    client.force_login(stranger)

    page = client.get(reverse("assessments:mine"))

    link = address("assessments:submission_detail", submission.reflection, number=1)
    text = words(page)
    assert "Submitted by the clusters before yours" in text
    assert f"{submission.reflection.cycle.name}: Afan" in text
    assert "Now called: Another Name" in text
    assert f'href="{link}"' in page.content.decode()
    assert client.get(link).status_code == 200
    detail = address("assessments:reflection_detail", submission.reflection)
    assert client.get(detail).status_code == 200
    pdf = {"number": 1, "language": "cy"}
    assert (
        client.get(
            address("reporting:summary_pdf", submission.reflection, **pdf)
        ).status_code
        == 200
    )


@pytest.mark.parametrize("count", [1, 3])
def test_ones_own_page_costs_the_same(
    client, cycle, board, administrator, django_assert_num_queries, count
):
    clusters = ClusterFactory.create_batch(count + 1, health_board=board)
    person = UserFactory(lead_of=clusters[0])
    for each in clusters:
        lead = UserFactory(lead_of=each)
        reflection = SelfReflectionFactory(cycle=cycle, cluster=each)
        answer_all(reflection, by=lead)
        submit(reflection, by=lead)
        rename(each, f"Enw {each.pk}", f"Name {each.pk}", by=administrator)
        each.refresh_from_db()
    merge(clusters, new(), by=administrator)
    client.force_login(person)

    with django_assert_num_queries(5):
        page = client.get(reverse("assessments:mine"))

    assert len(page.context["followed"]) == count + 1


# The name of then -------------------------------------------------------------------------


PAGES = [
    ("assessments:submission_detail", {"number": 1}),
    ("assessments:reflection_detail", {}),
    ("assessments:state_list", {}),
    ("assessments:change_list", {}),
    ("assessments:draft_detail", {}),
]


@pytest.mark.parametrize(("name", "more"), PAGES)
@pytest.mark.parametrize(
    ("language", "then", "now"),
    [
        ("cy", "Cwm Afan", "Yr enw erbyn hyn: Dyffryn Afan"),
        ("en", "Afan", "Now called: Afan Valley"),
    ],
)
def test_pages_show_the_name_of_then_and_that_of_today(
    client, submission, cluster, lead, administrator, name, more, language, then, now
):
    client.force_login(lead)
    path = address(name, submission.reflection, of=language, **more)
    before = words(client.get(path))
    assert now.partition(":")[0] not in before

    rename(cluster, "Dyffryn Afan", "Afan Valley", by=administrator)

    page = client.get(path)
    assert now in words(page)
    html = page.content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1]
    assert "Dyffryn Afan" not in title
    assert "Afan Valley" not in title
    caption_and_heading = html[html.index("<main") : html.index("</h1>")]
    assert then in caption_and_heading


@pytest.mark.parametrize("language", ["cy", "en"])
def test_results_show_the_name_of_then_and_that_of_today(
    client, submission, cluster, officer, national, administrator, language
):
    rename(cluster, "Dyffryn Afan", "Afan Valley", by=administrator)
    then, now = {
        "cy": ("Cwm Afan", "Yr enw erbyn hyn: Dyffryn Afan"),
        "en": ("Afan", "Now called: Afan Valley"),
    }[language]

    for user, path in (
        (officer, reverse("reporting:board", args=["2030", "7A0"])),
        (national, reverse("reporting:national", args=["2030"])),
    ):
        client.force_login(user)
        html = client.get(path.replace("/en/", f"/{language}/", 1)).content.decode()
        assert f'<th scope="row" abbr="{then}">' in html
        assert now in html
    submissions = re.search(r'<table class="submissions">.*?</table>', html, re.DOTALL)
    assert submissions is None  # of Wales; each board has its own
    client.force_login(officer)
    path = reverse("reporting:board", args=["2030", "7A0"])
    html = client.get(path.replace("/en/", f"/{language}/", 1)).content.decode()
    assert f'<th scope="row">{then}</th>' in html


def test_a_name_is_that_of_the_day_among_several(submission, cluster, administrator):
    for name in ("B", "C"):
        rename(cluster, name, name, by=administrator)

    fresh = SelfReflection.objects.select_related("cluster")
    annotated = fresh.with_name_then().get(pk=submission.reflection_id)
    asked = fresh.get(pk=submission.reflection_id)

    assert FormerName.objects.count() == 2
    for reflection in (annotated, asked):
        assert reflection.names_then == {"cy": "Cwm Afan", "en": "Afan"}
        assert (reflection.cluster_name, reflection.name_now) == ("Afan", "C")


def test_what_is_not_submitted_yet_has_the_name_of_today_until_its_cycle_closes(
    reflection, cluster, national, administrator
):
    rename(cluster, "B", "B", by=administrator)
    during = SelfReflection.objects.get(pk=reflection.pk).names_then
    close_cycle(cycle=reflection.cycle, by=national)
    rename(cluster, "C", "C", by=administrator)

    afterwards = SelfReflection.objects.get(pk=reflection.pk).names_then

    assert during == afterwards == {"cy": "B", "en": "B"}


@pytest.mark.parametrize(
    ("language", "expected"),
    [("cy", "cwm-afan"), ("en", "afan"), ("both", "cwm-afan")],
)
def test_a_pdf_and_its_file_have_the_name_of_then(
    client, submission, cluster, lead, administrator, language, expected
):
    client.force_login(lead)
    path = address(
        "reporting:summary_pdf",
        submission.reflection,
        number=1,
        language=language,
    )
    before = client.get(path)

    rename(cluster, "Dyffryn Newydd", "New Valley", by=administrator)

    after = client.get(path)
    assert after.content == before.content
    file_name = unquote(after["Content-Disposition"])
    assert f"-{expected}-2030-1" in file_name
    assert "newydd" not in file_name


# Figures ----------------------------------------------------------------------------------


def figures(user, cycle, **which):
    """Everything that boards count, and in which order, by the clusters' codes."""
    user = again(user)
    progress = load_progress(user, cycle, **which)
    board = which.get("board_code")
    scope = scope_of_code(f"board-{board}") if board else EVERYWHERE
    return (
        progress.figures,
        [
            (
                board.health_board.code,
                board.figures,
                [
                    (
                        row.reflection.cluster.code,
                        row.submission_number,
                        row.reflection.cluster_name,
                    )
                    for row in board.clusters
                ],
            )
            for board in progress.boards
        ],
        [
            {row.cluster.code: row.cells for row in heat_map.rows}
            for heat_map in load_heat_maps(Page(user, scope, cycle, [cycle]))
        ],
    )


def test_no_figure_changes_whatever_becomes_of_the_clusters(
    client, submission, cluster, other_cluster, board, lead, national, officer,
    administrator,
):  # fmt: skip
    closing, third = ClusterFactory.create_batch(2, health_board=board)
    for each in (other_cluster, closing, third):
        SelfReflectionFactory(cycle=submission.reflection.cycle, cluster=each)
    cycle = submission.reflection.cycle
    of_board = {"board_code": board.code}
    before = figures(national, cycle), figures(officer, cycle, **of_board)
    content, content_hash = submission.content, submission.content_hash

    rename(cluster, "Enw Newydd", "New Name", by=administrator)
    cluster.refresh_from_db()
    day = timezone.localdate()
    plan = services.plan_closing(cluster=closing, on=day, free_from=never)
    services.close_cluster(
        cluster=closing, on=day, by=administrator, free_from=never, seen=plan.digest
    )
    split(third, [new(3), new(4)], {}, by=administrator)
    merge([cluster, other_cluster], new(1), by=administrator)

    assert (figures(national, cycle), figures(officer, cycle, **of_board)) == before
    submission.refresh_from_db()
    assert (submission.content, submission.content_hash) == (content, content_hash)
    assert json.loads(content)["cluster"]["name"] == {"cy": "Cwm Afan", "en": "Afan"}


def test_a_cycle_opened_afterwards_is_of_the_clusters_of_then(
    cluster, other_cluster, administrator, national, edition
):
    merged = merge([cluster, other_cluster], new(), by=administrator)
    now, day = timezone.now(), datetime.timedelta(days=1)
    cycle = CycleFactory(
        edition=edition, opened_at=None, opens_at=now, closes_at=now + 30 * day
    )

    open_cycle(cycle=cycle, by=national)

    assert [row.cluster for row in cycle.reflections.all()] == [merged]
