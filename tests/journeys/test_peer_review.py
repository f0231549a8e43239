"""A review from its suggested groups to what the cluster undertook, and every page of it looked at."""

# ruff: noqa: F401, F811 (a fixture that is imported is also an argument)
import datetime
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from assessments.models import Action, AgreedLevel
from peerreview.models import (
    USUAL_RULES,
    Annotation,
    Assignment,
    GoodPractice,
    Response,
    ReviewGroup,
    ReviewPhase,
)
from peerreview.services import assignments, rounds
from tests.every_page import (
    Page,
    actions,
    actions_of,
    figure_files_of,
    figure_pages,
    reviewed_of,
)
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    IndicatorFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.journeys.test_self_reflection import looked_at
from tests.journeys.world import become_nobody, follow, press, words
from tests.peerreview.every_page import review_pages
from tests.peerreview.record_pages import record_of, record_pages
from tests.steps import answer_all, criterion_of, submit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

DAY = datetime.timedelta(days=1)
SAID = {
    "cy": {
        "praise": "Da iawn: mae'r fferyllwyr yn cwrdd bob mis.",
        "question": "Pa mor aml rydych chi'n cwrdd?",
        "reply": "Bob pythefnos ers mis Ionawr.",
        "reason": "Gwelodd y grŵp fwy o waith ar y cyd.",
        "action": "Gofyn i'r deintyddion ymuno â ni.",
        "title": "Cwrdd bob mis",
        "changed": "Mae'r deintyddion yn dod bob tro.",
    },
    "en": {
        "praise": "Well done: the pharmacists meet every month.",
        "question": "How often do you meet?",
        "reply": "Every fortnight since January.",
        "reason": "The group saw more work done together.",
        "action": "Ask the dentists to join us.",
        "title": "Meeting every month",
        "changed": "The dentists come every time.",
    },
}


@pytest.fixture
def visit(new_page, client, live_server, faults):
    """``visit(page, user)``: from now on ``user`` is signed in on ``page``, as if they had just done so."""

    def sign_in_at_once(page, user):
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        become_nobody(page, faults)
        page.context.add_cookies(
            [
                {
                    "name": name,
                    "value": client.cookies[name].value,
                    "url": live_server.url,
                }
            ]
        )

    return sign_in_at_once


def address(language, name, **where):
    with override(language):
        return reverse(name, kwargs=where)


# The journey ------------------------------------------------------------------------------


@pytest.fixture
def world(transactional_db, reflection, lead, national):
    """Three clusters have submitted. A round for them is planned, in which groups would meet today."""
    leads = [lead]
    reflections = [reflection]
    for code in ("ogwr", "tawe"):
        cluster = ClusterFactory(
            code=code, health_board=reflection.cluster.health_board
        )
        leads.append(UserFactory(lead_of=cluster))
        reflections.append(
            SelfReflectionFactory(cycle=reflection.cycle, cluster=cluster)
        )
    for each, its_lead in zip(reflections, leads, strict=True):
        answer_all(each, by=its_lead)
        submit(each, by=its_lead)
    first_days = zip(ReviewPhase.Kind, (-20, -10, -1, 10, 20), strict=True)
    review_round = rounds.add_round(
        code="autumn",
        name_cy="Hydref 2030",
        name_en="Autumn 2030",
        cycle=reflection.cycle,
        kind="clusters",
        health_board=None,
        group_size=3,
        boards="any",
        phases={
            kind: rounds.PhasePlan(timezone.localdate() + days * DAY, USUAL_RULES[kind])
            for kind, days in first_days
        },
        by=national,
    )
    rounds.choose_clusters(
        review_round=review_round,
        added=[each.pk for each in reflections],
        dropped=[],
        languages={},
        by=national,
    )
    return SimpleNamespace(
        round=review_round,
        reflection=reflection,
        criterion=criterion_of(reflection),
        lead=lead,
        reviewers=leads[1:],
        facilitator=UserFactory(),
        national=national,
    )


def arrange(page, world, language, looked_at):
    """The national officer has groups suggested, uses them, and announces the round."""
    page.goto(address(language, "peerreview:round_detail", round="autumn"))
    follow(page.get_by_role("link", name=words(language, "Suggest groups")))
    press(page, language, "Suggest groups")
    looked_at(page)
    press(page, language, "Use these groups")
    assignments.assign(
        group=ReviewGroup.objects.get(),
        user=world.facilitator,
        role=Assignment.Role.FACILITATOR,
        by=world.national,
    )
    looked_at(page)
    follow(page.get_by_role("link", name=words(language, "Announce the round")))
    looked_at(page)
    press(page, language, "Announce the round")


def annotate(page, world, language, kind, text):
    """Write on the first criterion until that is saved, and share it."""
    place = page.locator(f"#at-criterion-{world.criterion.pk}")
    place.locator(".annotations__new > summary").click()
    form = place.locator(".annotations__new")
    form.locator("select[name$=-choice]").select_option(kind)
    form.locator("textarea").fill(text)
    saved = words(language, "Saved at %(time)s").partition("%")[0]
    expect(page.locator("#save-state")).to_contain_text(saved)
    follow(form.get_by_role("button", name=words(language, "Share", "an annotation")))


def reply(page, language, said, looked_at):
    """Accept the one, explain the other, look at both again, and send them."""
    page.locator(".remark", has_text=said["praise"]).locator(
        "input[value=accept]"
    ).check()
    asked = page.locator(".remark", has_text=said["question"])
    asked.locator("input[value=explain]").check()
    asked.locator("textarea").fill(said["reply"])
    press(page, language, "Check and send")
    looked_at(page)
    press(page, language, "Send the chosen replies")


def meet(page, language, said, looked_at):
    """Conclude the first item of the agenda by keyboard: a level, why, and an action."""
    keyboard = page.keyboard
    page.locator("main input[name=minutes]").focus()
    with page.expect_navigation():
        keyboard.press("Enter")
    with page.expect_navigation():
        keyboard.press("2")
    expect(page.locator(".meeting-conclusion textarea")).to_be_focused()
    keyboard.type(said["reason"])
    keyboard.press("Escape")
    page.locator("#actions ~ details > summary").focus()
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type(said["action"])
    page.locator("button[name=add_action]").focus()
    with page.expect_navigation():
        keyboard.press("Enter")
    looked_at(page)
    with page.expect_navigation():
        keyboard.press("n")


def share(page, language, said, looked_at):
    page.locator("input[name=title]").fill(said["title"])
    page.locator("textarea[name=text]").fill(said["praise"])
    page.locator("input[name=contact]").first.check()
    page.locator("input[name=consent]").check()
    looked_at(page)
    press(page, language, "Share it in the library")


@pytest.mark.parametrize("language", ["cy", "en"])
def test_from_suggested_groups_to_what_changed(
    new_page, world, visit, looked_at, language
):
    page = new_page(locale="cy-GB" if language == "cy" else "en-GB")
    said = SAID[language]
    main = page.locator("main")
    afan = {"round": "autumn", "cluster": "afan"}
    outcome = {"module": "LEVELS", "number": 1}

    visit(page, world.national)
    arrange(page, world, language, looked_at)
    world.round.refresh_from_db()
    assert world.round.is_announced

    # Two reviewers, of whom the second sees what the first has shared
    for reviewer, kind, text in zip(
        world.reviewers,
        ("good_practice", "question"),
        (said["praise"], said["question"]),
        strict=True,
    ):
        visit(page, reviewer)
        page.goto(address(language, "peerreview:review_outcome", **afan, **outcome))
        annotate(page, world, language, kind, text)
    assert said["praise"] in main.inner_text()
    assert set(Annotation.objects.values_list("text", "criterion")) == {
        (said["praise"], world.criterion.pk),
        (said["question"], world.criterion.pk),
    }

    # The cluster replies
    visit(page, world.lead)
    page.goto(address(language, "peerreview:replies_edit", **afan))
    reply(page, language, said, looked_at)
    assert set(
        Response.objects.exclude(shared_at=None).values_list("choice", "text")
    ) == {
        ("accept", ""),
        ("explain", said["reply"]),
    }

    # The meeting, and its agreement
    visit(page, world.facilitator)
    page.goto(address(language, "peerreview:meeting_detail", round="autumn", group=1))
    looked_at(page)
    meet(page, language, said, looked_at)
    page.goto(address(language, "peerreview:agreement_check", **afan))
    looked_at(page)
    press(page, language, "Record the agreement")
    agreed = AgreedLevel.objects.get()
    assert (agreed.level, agreed.reason) == (2, said["reason"])

    # The record shows both levels, and leads to the library
    visit(page, world.lead)
    page.goto(address(language, "peerreview:cluster_record", **afan))
    looked_at(page)
    pair = page.locator(".level-pair").first
    assert [pair.locator(f".level--{level}").count() for level in (1, 2)] == [1, 1]
    follow(
        main.get_by_role(
            "link", name=words(language, "Share it in the library of good practice")
        )
    )
    share(page, language, said, looked_at)
    looked_at(page)
    assert GoodPractice.objects.get().consented_by == world.lead

    # The next cycle shows the action, which is done
    following = SelfReflectionFactory(
        cluster=world.reflection.cluster,
        cycle=CycleFactory(code="2031", edition=world.reflection.cycle.edition),
    )
    page.goto(
        address(
            language,
            "assessments:outcome_edit",
            cycle="2031",
            cluster=following.cluster.code,
            **outcome,
        )
    )
    assert said["action"] in main.inner_text()
    action = Action.objects.get()
    page.goto(address(language, "actions:action_status", action=action.pk))
    page.locator("input[name=status][value=done]").check()
    page.locator("textarea[name=note]").fill(said["changed"])
    looked_at(page)
    press(page, language, "Save")
    action.refresh_from_db()
    assert (action.status, action.what_changed) == ("done", said["changed"])


# Every other page ---------------------------------------------------------------------------

# Those on which the journey above does not stand, and some on which there is more than there.
OTHERS = {
    "peerreview:round_list",
    "peerreview:round_edit",
    "peerreview:round_clusters",
    "peerreview:group_detail",
    "peerreview:group_edit",
    "peerreview:review_detail",
    "peerreview:review_outcome",
    "peerreview:replies_edit",
    "peerreview:group_record",
    "peerreview:library_list",
    "peerreview:contact_ask",
    "actions:action_list",
    "actions:action_add",
    "actions:action_detail",
    "actions:action_edit",
    "actions:action_escalate",
    "indicators:figures_upload",
}


@pytest.fixture
def other_pages(transactional_db, reflection, lead, officer, stranger, national):
    """One of each of ``OTHERS``; and files of figures with something new, and with every fault."""
    where = {"cycle": reflection.cycle.code, "cluster": reflection.cluster.code}
    IndicatorFactory(edition=reflection.cycle.edition, number=1, code="visits")
    recorded = SelfReflectionFactory(
        cycle=reflection.cycle, cluster=stranger.memberships.get().cluster
    )
    answer_all(recorded, by=stranger)
    submit(recorded, by=stranger)
    reviewed = reviewed_of(reflection, national=national)
    world = SimpleNamespace(
        draft=reflection,
        lead=lead,
        officer=officer,
        newcomer=stranger,
        national=national,
        action=actions_of(reflection, lead=lead, officer=officer),
        figure_files=figure_files_of(reflection, officer),
    )
    found = [
        *(
            Page(*each)
            for each in review_pages(reviewed, officer=officer, national=national)
        ),
        *record_pages(Page, record_of(recorded, national=national), officer),
        *actions(world, where),
        *figure_pages(world),
    ]
    firsts = {}
    for page in found:
        firsts.setdefault(page.name, page)
    board = {"board": reflection.cluster.health_board.code}
    return [firsts[name] for name in sorted(OTHERS)] + [
        Page(
            "indicators:figure_upload_detail",
            officer,
            board | {"upload": world.figure_files[file]},
        )
        for file in ("waiting", "wrong")
    ]


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_other_pages_are_accessible(
    new_page, other_pages, visit, looked_at, language
):
    page = new_page(locale="cy-GB" if language == "cy" else "en-GB")
    faults = []

    for other in other_pages:
        visit(page, other.by)
        page.goto(other.url(language))
        try:
            assert page.url.endswith(other.url(language))
            looked_at(page)
        except AssertionError as error:
            faults.append(str(error))

    assert not faults, "\n".join(faults)
