"""The dashboard as its readers meet it: by keyboard, on a telephone, without scripts, by a program."""

import datetime
import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from assessments import services
from assessments.models import (
    Action,
    AgreedLevel,
    FactorChoice,
    IndicatorValue,
    Question,
    SubmittedOutcome,
)
from assessments.periods import Period
from assessments.subjects import Subject
from frameworks.models import EnablingFactor, Indicator, Outcome
from organisations.models import Cluster
from reporting.api.service import ROOT
from reporting.models import CommentaryVersion
from tests.factories import (
    CycleFactory,
    NeedTagFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.assessments import days_from_now
from tests.journeys.world import PASSWORD, World, fits, follow, press, sign_in, words
from tests.reporting.dashboard.lives import freeze
from tests.steps import entry, question_subject, save, submit

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

VIEWS = [
    *("", "levels/", "outcomes/", "factors/", "needs/", "variation/"),
    *("goals/", "actions/", "data/"),
]
ANSWER = "Mae'r tŷ a'r ŵyn yn iawn."
LEVELS = [None, 0, 1, 2, 3]
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def world(transactional_db):
    """Two cycles: in both, clusters of two boards sent levels and agreed on some.

    Afan, of Swansea Bay, sent words, a need and a factor as well; one of its neighbours nothing.
    """
    world = World()
    world.colleague = UserFactory(
        email="colleague@example.test", password=PASSWORD, officer_of=world.board
    )
    world.outcomes = list(
        Outcome.objects.filter(
            module__edition=world.cycle.edition, module__code="PCMW"
        ).order_by("number")
    )
    before = CycleFactory(
        code="2029",
        edition=world.cycle.edition,
        opens_at=days_from_now(-400),
        closes_at=days_from_now(-370),
        closed_at=days_from_now(-370),
    )
    clusters = [
        *Cluster.objects.filter(health_board=world.board).order_by("pk"),
        *Cluster.objects.exclude(health_board=world.board).order_by("pk")[:2],
    ]
    neighbours = [cluster for cluster in clusters if cluster != world.cluster]
    for shift, cluster in enumerate(clusters):
        then = SelfReflectionFactory(cycle=before, cluster=cluster)
        freeze(then, by=world.lead, own=levels(world, shift))
    for shift, cluster in enumerate(neighbours[1:]):
        freeze(
            world.cycle.reflections.get(cluster=cluster),
            by=world.lead,
            own=levels(world, 2 * shift),
            agreed=agreed_levels(world, shift),
        )
    send_everything(world)
    enter_figures(world)
    return world


def levels(world, shift):
    return {
        outcome.pk: LEVELS[(outcome.number * (shift + 1) + shift) % 5]
        for outcome in world.outcomes
    }


def agreed_levels(world, shift):
    """Of every second cluster, and there not of every outcome."""
    if shift % 2 == 0:
        return {}
    return {
        outcome: level
        for outcome, level in levels(world, shift + 1).items()
        if level is not None
    }


def send_everything(world):
    """What Afan said, as people say it, and what was agreed; and an action."""
    NeedTagFactory(code="time", name_cy="Prinder amser", name_en="Want of time")
    reflection, first = world.reflection, {"module": "PCMW", "number": 1}
    factor = EnablingFactor.objects.filter(edition=world.cycle.edition).first()
    save(
        reflection,
        *(
            entry(
                question_subject(
                    reflection,
                    Question.OWN_LEVEL,
                    module="PCMW",
                    number=outcome.number,
                ),
                choice=str(outcome.number % 4),
            )
            for outcome in world.outcomes[1:]
        ),
        entry(question_subject(reflection, Question.GOING_WELL, **first), ANSWER),
        entry(
            question_subject(reflection, Question.IN_THE_WAY, **first),
            "Nid oes amser.",
            choice="time",
        ),
        entry(
            Subject(enabling_factor_id=factor.pk),
            "Mae'n help.",
            choice=FactorChoice.HELPS,
        ),
        by=world.lead,
        language="cy",
    )
    reflection.refresh_from_db()
    submit(reflection, by=world.lead)
    services.begin_review(reflection=reflection, by=world.officer)
    services.record_agreement(
        reflection=reflection,
        by=world.officer,
        levels={outcome.pk: (2, "So.", "en") for outcome in world.outcomes[:4]},
    )
    Action.objects.create(
        reflection=reflection,
        outcome=world.outcomes[0],
        text="Cwrdd bob mis.",
        language="cy",
        due_on=datetime.date(2029, 1, 1),
        added_by=world.lead,
    )


def enter_figures(world):
    """Of two indicators for the year or quarter before, by every cluster."""
    world.indicators = list(
        Indicator.objects.filter(edition=world.cycle.edition).order_by("number")[:2]
    )
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            indicator=indicator,
            cluster=cluster,
            period_start=Period.around(world.cycle.opens_at.date(), indicator.period)
            .next(-1)
            .starts_on,
            numerator=500 + 7 * cluster.pk % 300,
            denominator=1000,
            entered_by=world.officer,
        )
        for indicator in world.indicators
        for cluster in Cluster.objects.all()
    )


# By keyboard ---------------------------------------------------------------------------

FOCUS = """
element => {
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    here: element === document.activeElement && element.matches(":focus-visible"),
    seen: outlined || style.boxShadow !== "none",
  };
}
"""
MOST_TABS = 80


def tab_to(page, link):
    """Press Tab until ``link`` has the focus, which is to be seen there."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = link.evaluate(FOCUS)
        if focus["here"]:
            assert focus["seen"], link
            return
    pytest.fail(f"{link} is not reached by keyboard")


def enter(page, link):
    tab_to(page, link)
    with page.expect_navigation():
        page.keyboard.press("Enter")


# The text layer: each row's head, and the words of each of its cells without white space.
READ_TABLE = """
table => [...table.querySelectorAll("tbody tr")]
  .filter(row => row.querySelector("th[scope=row]"))
  .map(row => [
    row.querySelector("th").textContent.trim().replace(/\\s+/g, " "),
    [...row.querySelectorAll("td:not(.matrix__of-board)")].map(cell => cell.textContent.replace(/\\s+/g, "")),
  ])
"""
SAID = {
    None: "Not answered",
    0: "<1 Below level 1",
    1: "1 Foundation",
    2: "2 Developing",
    3: "3 Mature",
}


def stored(world):
    """What the heat map of Wales is to say to the officer, by cluster, from the rows of levels."""
    board = set(Cluster.objects.filter(health_board=world.board))
    own, agreed, then = {}, {}, {}
    for row in SubmittedOutcome.objects.filter(
        outcome__in=world.outcomes
    ).select_related("submission__reflection__cycle"):
        reflection = row.submission.reflection
        if reflection.cycle == world.cycle:
            met = row.met_1 + row.met_2 + row.met_3
            applicable = row.applicable_1 + row.applicable_2 + row.applicable_3
            own[reflection.cluster_id, row.outcome_id] = row.own_level, met, applicable
        else:
            then[reflection.cluster_id, row.outcome_id] = row.own_level
    for row in AgreedLevel.objects.select_related(
        "submitted_outcome__submission__reflection"
    ):
        of = row.submitted_outcome
        agreed[of.submission.reflection.cluster_id, of.outcome_id] = row.level
    said = {}
    for cluster in Cluster.objects.all():
        keys = [(cluster.pk, outcome.pk) for outcome in world.outcomes]
        if cluster in board and keys[0] in own:
            cells = [own_cell(*own[key], then[key], agreed.get(key)) for key in keys]
        elif any(agreed.get(key) is not None for key in keys):
            cells = [agreed_cell(agreed.get(key)) for key in keys]
        elif cluster in board:
            cells = ["Nothing has been submitted"]
        else:
            cells = ["No level agreed yet"]
        said[cluster.name] = [re.sub(r"\s", "", cell) for cell in cells]
    return said


def own_cell(level, met, applicable, before, agreed):
    cell = f"{SAID[level]} Criteria met: {met} of {applicable}"
    if level is not None and before is not None:
        change = level - before
        if change > 0:
            cell += f"Levels up since the cycle before: ▲{change}"
        elif change < 0:
            cell += f"Levels down since the cycle before: ▼{-change}"
        else:
            cell += "The same as in the cycle before ="
    return cell if agreed is None else cell + agreed_cell(agreed)


def agreed_cell(level):
    return "No level agreed" if level is None else f"Agreed: {SAID[level]}"


# Contrast of what is drawn with what it is drawn upon, and how light it is.
CONTRASTS = """
table => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (; element; element = element.parentElement) {
      const colour = channels(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const light = colour => colour.slice(0, 3).reduce((sum, value, index) => {
    const part = value / 255;
    const linear = part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return sum + linear * [0.2126, 0.7152, 0.0722][index];
  }, 0);
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const found = {};
  for (const kind of ["0", "1", "2", "3", "unanswered"]) {
    const level = table.querySelector(`td .level--${kind}`);
    const texts = [...level.querySelectorAll("span")].concat(kind === "unanswered" ? level : []);
    const edge = getComputedStyle(level);
    found[kind] = {
      text: Math.min(...texts.map(
        text => contrast(channels(getComputedStyle(text).color), ground(text)))),
      border: contrast(channels(edge.borderTopColor), ground(level.parentElement)),
      style: edge.borderTopStyle,
      light: light(ground(level)),
    };
  }
  const agreed = table.querySelector("td .matrix__agreed");
  const small = table.querySelector("td .matrix__small");
  found.agreed = {
    text: contrast(channels(getComputedStyle(agreed).color), ground(agreed)),
    border: contrast(channels(getComputedStyle(agreed).borderTopColor), ground(agreed.parentElement)),
    style: getComputedStyle(agreed).borderTopStyle,
  };
  found.small = {text: contrast(channels(getComputedStyle(small).color), ground(small)), border: 21};
  return found;
}
"""


@pytest.mark.essential
def test_an_officer_reads_the_heat_map_by_keyboard(new_page, world, axe):
    page = new_page(viewport=WIDE)
    sign_in(page, world.officer)
    enter(page, page.get_by_role("link", name="Open the dashboard"))
    assert page.url.endswith("/en/dashboard/board-7A3/")

    # The scope, which keeps the view
    enter(page, page.locator(".dashboard__view", has_text="Heat map"))
    chooser = page.get_by_label("Show the clusters of")
    tab_to(page, chooser)
    page.keyboard.press("Home")
    assert chooser.input_value() == "wales"
    enter(page, page.get_by_role("button", name="Show", exact=True))
    assert page.url.endswith("/en/dashboard/wales/levels/?cycle=2030")
    axe(page)

    # Every cell, or the way round them
    table, said = page.locator("table.matrix"), stored(world)
    assert dict(table.evaluate(READ_TABLE)) == said
    enter(page, page.get_by_role("link", name="In one list"))
    tab_to(page, page.locator(".matrix__skip"))
    page.keyboard.press("Enter")
    expect(page.locator("#heat_map-outcomes")).to_be_focused()

    # In the order of an outcome: clusters that have no level for it come last
    for order, is_descending in (("ascending", False), ("descending", True)):
        page.reload()
        enter(page, table.locator("a.matrix__outcome").nth(1))
        head = table.locator("th[aria-sort]")
        assert (head.get_attribute("aria-sort"), head.get_attribute("abbr")) == (
            order,
            "PCMW 2",
        )
        rows = table.evaluate(READ_TABLE)
        own = [level_of(cells[1:2]) for _cluster, cells in rows]
        known = [level for level in own if level is not None]
        assert len(known) >= 4
        assert own[: len(known)] == sorted(known, reverse=is_descending)
        assert dict(rows) == said

    # To what was sent
    row = table.locator("tr", has=page.get_by_role("rowheader", name="Afan"))
    row.locator("th a").focus()
    enter(page, row.locator("a.matrix__cell").nth(1))
    assert page.url.endswith("/self-reflections/2030/afan/submissions/1/#PCMW-2")
    outcome = page.locator("#PCMW-2")
    expect(outcome).to_be_in_viewport()
    level = outcome.locator("xpath=following::*[contains(@class, 'level__number')][1]")
    assert level.inner_text() == "Level 2"


def level_of(cells):
    """The own level that a cell says, where there is one."""
    for cell in cells:
        for level, said in SAID.items():
            if level is not None and cell.startswith(said.replace(" ", "")):
                return level
    return None


def test_each_view_is_accessible_and_levels_differ_without_colour(new_page, world, axe):
    page = new_page(viewport=WIDE)
    sign_in(page, world.officer)
    for view in VIEWS:
        page.goto(f"/en/dashboard/board-7A3/{view}")
        assert page.locator("nav.dashboard__views [aria-current=page]").count() == 1
        axe(page)

    page.goto("/en/dashboard/board-7A3/levels/")
    drawn = page.locator("table.matrix").evaluate(CONTRASTS)

    assert {kind: said for kind, said in drawn.items() if said["text"] < 4.5} == {}
    assert {kind: said for kind, said in drawn.items() if said["border"] < 3} == {}
    lights = [drawn[kind]["light"] for kind in "0123"]
    assert lights == sorted(set(lights), reverse=True)
    styles = [drawn[kind]["style"] for kind in ("0", "unanswered", "agreed")]
    assert styles == ["solid", "dashed", "double"]


# On a telephone -------------------------------------------------------------------------


def test_a_lead_reads_about_their_cluster_in_welsh(new_page, world, axe):
    page = new_page(locale="cy-GB", viewport={"width": 320, "height": 700})
    sign_in(page, world.lead, "cy")
    follow(page.get_by_role("link", name=words("cy", "Open the dashboard")))
    assert page.url.endswith("/cy/dashboard/cluster-afan/")
    for scope in ("cluster-afan", "board-7A3"):
        for view in VIEWS:
            page.goto(f"/cy/dashboard/{scope}/{view}")
            assert fits(page), page.url
            if scope == "cluster-afan":
                axe(page)

    page.goto("/cy/dashboard/cluster-afan/needs/")
    assert "Prinder amser" in page.locator("main").inner_text()
    for typed in ("ŵyn TY", "wyn tŷ"):
        page.locator("#words input[name=q]").fill(typed)
        press(page, "cy", "Search")
        assert page.locator("#words mark").all_inner_texts() == ["tŷ", "ŵyn"]
        assert ANSWER in page.locator("#words blockquote").inner_text()
        assert fits(page), page.url
    axe(page)
    follow(page.locator("#words .found__heading a"))
    assert page.url.endswith("/cy/self-reflections/2030/afan/submissions/1/#PCMW-1")


# Without scripts ------------------------------------------------------------------------


def test_choosing_and_writing_without_javascript(new_page, world, faults):
    faults.expect("status of 409")
    page, other = (new_page(java_script_enabled=False) for _person in range(2))
    sign_in(page, world.officer)
    sign_in(other, world.colleague)

    # Choosing
    page.goto("/en/dashboard/wales/variation/?cycle=2030")
    page.get_by_label("Show the clusters of").select_option("board-7A3")
    follow(page.locator(".scope-chooser").get_by_role("button"))
    assert page.url.endswith("/dashboard/board-7A3/variation/?cycle=2030")
    chosen = world.indicators[1]
    page.get_by_label("Indicator").select_option(chosen.code)
    follow(page.locator(".variation-choices").get_by_role("button"))
    assert f"indicator={chosen.code}" in page.url
    assert page.get_by_label("Indicator").input_value() == chosen.code
    exhibit = page.locator(".exhibit").first
    assert chosen.name_en in exhibit.inner_text()

    # Writing, both at once
    address = exhibit.locator(".commentary__write a").get_attribute("href")
    for writer in (page, other):
        writer.goto(address)
    write(page, cy="Mae'n well.", en="It is better.")
    write(other, en="It is worse.")
    assert other.locator("textarea[name=en-text]").input_value() == "It is worse."
    conflict = other.locator(".conflict")
    assert "It is better." in conflict.inner_text()
    follow(conflict.get_by_role("button", name="Join both"))

    # Below its exhibit, in each language
    note = page.locator(".exhibit").first.locator(".commentary__note")
    page.goto("/en/dashboard/board-7A3/variation/")
    assert "It is" not in page.locator("main").inner_text()  # of another indicator
    page.goto(f"/en/dashboard/board-7A3/variation/?indicator={chosen.code}")
    shown = note.inner_text()
    assert "It is worse." in shown
    assert "It is better." in shown
    page.goto(f"/cy/dashboard/board-7A3/variation/?indicator={chosen.code}")
    assert note.inner_text() == "Mae'n well."
    kept = CommentaryVersion.objects.exclude(refusal="").values_list("text", "by")
    assert list(kept) == [("It is worse.", world.colleague.pk)]


def write(page, **texts):
    for language, text in texts.items():
        page.locator(f"textarea[name={language}-text]").fill(text)
        page.locator(f"input[name={language}-shared]").check()
    press(page, "en", "Save")


# By a program ---------------------------------------------------------------------------


def test_a_token_is_shown_once_used_and_revoked(new_page, world, live_server, axe):
    page = new_page()
    sign_in(page, world.lead)
    page.goto("/en/account/tokens/make/")
    page.get_by_label("Name").fill("Power BI")
    axe(page)
    press(page, "en", "Make the token")
    axe(page)
    secret = page.locator("#secret").inner_text()

    status, said = ask(live_server, "standings", secret)

    assert status == 200
    afan = next(
        standing
        for standing in said["results"]
        if (standing["cycle"], standing["cluster"]["code"]) == ("2030", "afan")
    )
    assert {
        each["outcome"]: each["own_level"]
        for each in afan["levels"]
        if each["module"] == "PCMW"
    } == own_levels(world)
    page.goto("/en/account/tokens/")
    axe(page)
    main = page.locator("main").inner_text()
    assert "Power BI" in main
    assert secret not in page.content()
    assert "Not yet" not in main  # it was used
    follow(page.locator("main").get_by_role("button", name="Revoke"))
    assert "Revoked on:" in page.locator("main").inner_text()
    assert [ask(live_server, "standings", token)[0] for token in (secret, "cdf_x")] == [
        401,
        401,
    ]


def own_levels(world):
    """What Afan sent, by the number of the outcome."""
    return dict(
        SubmittedOutcome.objects.filter(
            submission__reflection=world.reflection, outcome__in=world.outcomes
        ).values_list("outcome__number", "own_level")
    )


def ask(live_server, what, secret):
    """The status and the JSON that a program is answered with."""
    request = Request(  # noqa: S310 (our own server)
        f"{live_server.url}{ROOT}{what}", headers={"Authorization": f"Bearer {secret}"}
    )
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)
