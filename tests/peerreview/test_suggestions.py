"""Suggested groups of a round: what they are made from, the page, moving by hand, and using them."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import ReviewAccess
from organisations.models import AuditEvent, Population
from peerreview.grouping import Settings, evaluate, parts
from peerreview.models import (
    Assignment,
    ClusterReview,
    GroupDraft,
    ReviewGroup,
    ReviewRound,
)
from peerreview.selectors.suggestion_words import quality
from peerreview.selectors.suggestions import known_of
from peerreview.services import groups as group_services
from peerreview.services import rounds as round_services
from peerreview.services import suggestions as services
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.peerreview.pages import shared
from tests.peerreview.suggestion_pages import copy_of
from tests.steps import outcome_of

pytestmark = pytest.mark.django_db

PAGE = "/en/peer-review/rounds/autumn/suggest/"
CONFIRM = "/en/peer-review/rounds/autumn/suggest/use/"


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


@pytest.fixture
def planned(world):
    """The world's round before anybody announced it or put its clusters into groups."""
    ReviewAccess.objects.all().delete()
    ClusterReview.objects.update(group=None)
    Assignment.objects.all().delete()
    ReviewGroup.objects.all().delete()
    ReviewRound.objects.update(announced_at=None, announced_by=None, group_size=3)
    world.round.refresh_from_db()
    return world


def submit_again(review, *, levels, answers=None):
    """A second submission: what counts is the newest."""
    return copy_of(
        review.reflection.submissions.get(),
        review.reflection,
        number=2,
        levels=levels,
        answers=answers,
    )


def add_clusters(world, count):
    """More clusters of the round that have submitted, of several boards."""
    boards = [each.cluster.health_board for each in (world.review, world.elsewhere)]
    made = []
    for number in range(count):
        cluster = ClusterFactory(
            code=f"more-{number:03}", health_board=boards[number % 2]
        )
        UserFactory(lead_of=cluster)
        review = ClusterReviewFactory(
            round=world.round,
            group=None,
            reflection=SelfReflectionFactory(cycle=world.round.cycle, cluster=cluster),
        )
        copy_of(world.submission, review.reflection)
        made.append(review)
    return made


def candidate_of(world, code="afan"):
    known = known_of(world.round)
    return next(one for one in known.candidates if one.key == code)


def suggested(client, world, **wishes):
    """Somebody signs in and presses the button."""
    client.force_login(world.national)
    return client.post(PAGE, {"size": "3", "boards": "mixed", "suggest": "1"} | wishes)


def sent(client, **moves):
    """What the page sends, with clusters moved."""
    places = client.get(PAGE).context["places"]
    data = {field.html_name: field.value() for field in places}
    return data | {f"to-{code}": str(number) for code, number in moves.items()}


def draft_of(world):
    return GroupDraft.objects.get(round=world.round, kept_by=world.national)


# What is known of the clusters ------------------------------------------------------------


def test_a_candidate_is_what_is_known_of_a_cluster(planned):
    review = planned.review
    outcome = outcome_of(review.reflection)
    submit_again(review, levels={outcome.pk: 2})
    for year, people in ((2022, 50_000), (2024, 60_000), (2023, 55_000)):
        Population.objects.create(cluster=review.cluster, year=year, people=people)
    type(review.cluster).objects.filter(pk=review.cluster.pk).update(rurality="rural")
    ClusterReview.objects.filter(pk=review.pk).update(meets_in="cy")

    known = known_of(planned.round)
    found = candidate_of(planned)

    assert found.board == review.cluster.health_board.code
    assert found.levels[known.outcomes.index(outcome)] == 2
    assert len(found.levels) == len(known.outcomes)
    assert (found.population, found.rurality) == (60_000, "rural")
    assert found.languages == frozenset({"cy"})
    assert found.people == frozenset({planned.lead.pk, planned.contributor.pk})
    assert found.met_before == frozenset()
    assert [one.key for one in known.candidates] == [
        "afan",
        "peer-llwchwr",
        "peer-ogwr",
        "peer-tawe",
    ]


@pytest.mark.parametrize(
    ("own", "questions", "wants"),
    [
        (1, {"target_level": "2"}, True),
        (2, {"target_level": "2"}, False),
        (0, {"target_level": "1"}, True),
        (None, {"target_level": "1"}, True),
        (2, {"support_needed": "Amser."}, True),
        (2, {"support_needed": "  "}, False),
        (3, {"support_needed": "Amser."}, False),
        (2, {}, False),
    ],
)
def test_a_cluster_wants_to_grow_where_it_aims_higher_or_names_support(
    planned, own, questions, wants
):
    outcome = outcome_of(planned.review.reflection)
    submit_again(
        planned.review,
        levels={outcome.pk: own},
        answers={("LEVELS", outcome.number): questions},
    )

    place = known_of(planned.round).outcomes.index(outcome)

    assert candidate_of(planned).wants == (frozenset({place}) if wants else frozenset())


def test_partners_of_the_last_cycle_that_had_groups_are_known(planned):
    def cycle_before(days):
        begun = planned.round.cycle.opens_at - timezone.timedelta(days=days)
        return CycleFactory(
            edition=planned.round.cycle.edition,
            opens_at=begun,
            closes_at=begun + timezone.timedelta(days=90),
        )

    def met(cycle, *reviews, **more):
        group = ReviewGroupFactory(round=ReviewRoundFactory(cycle=cycle, **more))
        for review in reviews:
            ClusterReviewFactory(
                group=group,
                reflection=SelfReflectionFactory(cycle=cycle, cluster=review.cluster),
            )

    ogwr, tawe = planned.others
    met(cycle_before(800), planned.review, planned.elsewhere)
    last = cycle_before(400)
    met(last, planned.review, ogwr)
    met(last, planned.elsewhere, tawe)
    met(cycle_before(200), planned.review, tawe, unannounced=True)

    found = {one.key: set(one.met_before) for one in known_of(planned.round).candidates}

    assert found == {
        "afan": {"peer-ogwr"},
        "peer-ogwr": {"afan"},
        "peer-tawe": {"peer-llwchwr"},
        "peer-llwchwr": {"peer-tawe"},
    }


def test_a_cluster_without_a_submission_is_left_out_and_named(client, planned):
    waiting = ClusterReviewFactory(
        round=planned.round,
        group=None,
        reflection=SelfReflectionFactory(cycle=planned.round.cycle),
    )
    gone = add_clusters(planned, 1)[0]
    ClusterReview.objects.filter(pk=gone.pk).update(
        withdrew_at=timezone.now(), withdrew_by=planned.national
    )

    suggested(client, planned)
    response = client.get(PAGE)

    assert response.context["known"].not_submitted == [waiting]
    assert "They have submitted nothing yet" in words_of(response)
    assert waiting.cluster.name_en in words_of(response)
    assert {code for group in draft_of(planned).groups for code in group} == {
        "afan",
        "peer-ogwr",
        "peer-tawe",
        "peer-llwchwr",
    }


# Who opens the page -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["groups_suggest", "groups_use"])
def test_who_suggests_groups(client, planned, administrator, name):
    page = reverse(f"peerreview:{name}", kwargs={"round": "autumn"})
    found = {}
    for actor in (
        *("lead", "contributor", "reviewer", "second_reviewer", "outsider"),
        *("unassigned", "facilitator", "officer", "other_officer", "national"),
    ):
        client.force_login(getattr(planned, actor))
        found[actor] = (client.get(page).status_code, client.post(page).status_code)
    client.force_login(administrator)
    found["administrator"] = (
        client.get(page).status_code,
        client.post(page).status_code,
    )

    nobody = {actor: (404, 404) for actor in found if actor != "national"}
    mine = (200, 422) if name == "groups_suggest" else (302, 302)
    assert found == nobody | {"national": mine}
    assert not GroupDraft.objects.exists()


@pytest.mark.parametrize("name", ["groups_suggest", "groups_use"])
def test_who_knows_of_a_round_and_does_not_arrange_it_is_refused(client, world, name):
    page = reverse(f"peerreview:{name}", kwargs={"round": "autumn"})
    found = {}
    for actor in (
        "lead",
        "reviewer",
        "facilitator",
        "officer",
        "unassigned",
        "national",
    ):
        client.force_login(getattr(world, actor))
        found[actor] = client.post(page, {"suggest": "1", "size": "3"}).status_code

    assert found == {
        "lead": 403,
        "reviewer": 403,
        "facilitator": 403,
        "officer": 403,
        "unassigned": 404,
        "national": 302,  # announced: back to the round
    }
    assert not GroupDraft.objects.exists()


def test_an_officer_suggests_groups_in_a_round_of_their_board_and_nobody_elses(
    client, planned
):
    ReviewRound.objects.update(
        health_board=planned.officer.memberships.get().health_board, boards="within"
    )
    found = {}
    for actor in ("officer", "other_officer"):
        client.force_login(getattr(planned, actor))
        response = client.post(PAGE, {"size": "3", "boards": "any", "suggest": "1"})
        found[actor] = response.status_code

    assert found == {"officer": 302, "other_officer": 404}
    assert GroupDraft.objects.get().boards == "within"


@pytest.mark.parametrize(
    "settled", [{"announced": True}, {"kind": ReviewRound.Kind.WHOLE_CYCLE}]
)
def test_what_is_announced_or_has_groups_of_one_has_none_to_suggest(
    client, planned, settled
):
    suggested(client, planned)
    if settled.pop("announced", False):
        settled = {"announced_at": timezone.now(), "announced_by": planned.national}
    ReviewRound.objects.update(**settled)

    statuses = [
        client.get(PAGE).status_code,
        client.post(CONFIRM, {"seen": ""}).status_code,
    ]

    assert statuses == [302, 302]
    for act in (
        lambda: services.suggest_groups(
            review_round=ReviewRound.objects.get(),
            size=3,
            boards="any",
            by=planned.national,
        ),
        lambda: services.use_groups(
            review_round=ReviewRound.objects.get(),
            groups=[["afan"]],
            by=planned.national,
        ),
    ):
        with pytest.raises(services.NoGroupsToSuggest):
            act()


# Suggesting -------------------------------------------------------------------------------


def test_suggested_groups_are_kept_with_what_they_are_worth(client, planned):
    add_clusters(planned, 8)

    response = suggested(client, planned, size="4")

    draft = draft_of(planned)
    known = known_of(planned.round)
    settings = Settings(size=4, boards="mixed")
    worth = evaluate(draft.suggested, known.candidates, settings)
    assert response.headers["Location"] == f"{PAGE}#groups"
    assert [len(group) for group in draft.suggested] == [4, 4, 4]
    assert worth.violations == ()
    assert draft.objective == pytest.approx(worth.objective)
    assert draft.bound >= draft.objective
    assert sum(parts(draft.suggested, known.candidates, settings).values()) == (
        pytest.approx(worth.objective)
    )
    assert draft.groups == draft.suggested
    assert not ReviewGroup.objects.exists()


def test_a_second_press_suggests_the_same(client, planned):
    add_clusters(planned, 8)
    suggested(client, planned)
    first = draft_of(planned).suggested
    client.post(PAGE, sent(client, afan=0) | {"effect": "1"})

    suggested(client, planned)

    assert draft_of(planned).suggested == first
    assert draft_of(planned).groups == first


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "Suggested groups",
                "Points of all groups",
                "Why these together",
                "They are of several health boards",
                "They are of similar population: 50,000 – 60,000",
                "Population known of: 2 of",
                "Want to grow:",
                "As good as can be reached|This is the best there is",
            ],
        ),
        (
            "cy",
            [
                "Grwpiau a awgrymir",
                "Pwyntiau'r holl grwpiau",
                "Pam y rhain gyda'i gilydd",
                "Maent o sawl bwrdd iechyd",
                "Mae eu poblogaethau'n debyg: 50,000 – 60,000",
                "Poblogaeth yn hysbys ar gyfer: 2 o",
                "Am ddatblygu:",
                "Cystal ag y gellir ei gyrraedd|Dyma'r gorau sydd ar gael",
            ],
        ),
    ],
)
def test_the_page_says_why_in_both_languages(client, planned, language, said):
    for review, people in ((planned.review, 50_000), (planned.elsewhere, 60_000)):
        Population.objects.create(cluster=review.cluster, year=2024, people=people)
    outcome = outcome_of(planned.review.reflection)
    submit_again(planned.review, levels={outcome.pk: 3})
    for review in (*planned.others, planned.elsewhere):
        submit_again(
            review,
            levels={outcome.pk: 0},
            answers={("LEVELS", outcome.number): {"target_level": "2"}},
        )
    suggested(client, planned, size="4")

    text = words_of(client.get(PAGE.replace("/en/", f"/{language}/")))

    missing = [words for words in said if not re.search(words, text)]
    assert missing == []


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ({"objective": 100, "bound": 100}, "This is the best there is"),
        ({"objective": 99.68, "bound": 100}, "to within this much: 0.4%"),
        (
            {"objective": 50, "bound": 100, "was_cut_short": True},
            "The time ran out before the suggestion was finished",
        ),
    ],
)
def test_how_good_a_suggestion_is_stands_in_plain_words(draft, said):
    assert (
        said in quality(SimpleNamespace(was_cut_short=False) | draft)
        if False
        else (said in quality(SimpleNamespace(**({"was_cut_short": False} | draft))))
    )


def test_rules_that_cannot_be_kept_are_named_with_whom_they_concern(client, planned):
    UserFactory(
        lead_of=planned.review.cluster, contributor_to=planned.others[0].cluster
    )
    suggested(client, planned)

    text = words_of(client.get(PAGE))

    names = sorted(
        [planned.review.cluster.name_en, planned.others[0].cluster.name_en],
        key=lambda name: text.index(name),
    )
    assert (
        "These clusters share a person, who would review a cluster of their own: "
        + ", ".join(names)
    ) in text


def test_a_board_with_too_few_clusters_is_left_out_and_can_be_placed_by_hand(
    client, planned
):
    """Two clusters are of each board here, and three more of one of them."""
    made = add_clusters(planned, 5)
    ClusterReview.objects.filter(pk__in=[made[1].pk, made[3].pk]).delete()
    suggested(client, planned, boards="within")

    response = client.get(PAGE)

    left = [part.review for part in response.context["board_too_small"]]
    assert sorted(left, key=lambda review: review.pk) == sorted(
        [planned.others[1], planned.elsewhere], key=lambda review: review.pk
    )
    assert "Their health board has fewer than three clusters here" in words_of(response)
    assert response.context["without_group"] == []


def test_what_changes_after_the_suggestion_is_said(client, planned):
    suggested(client, planned)
    before = client.get(PAGE)
    ClusterReview.objects.filter(pk=planned.review.pk).update(meets_in="cy")
    late = add_clusters(planned, 1)[0]
    ClusterReview.objects.filter(pk=planned.elsewhere.pk).update(
        withdrew_at=timezone.now(), withdrew_by=planned.national
    )

    after = client.get(PAGE)

    assert not before.context["worth"].is_outdated
    assert after.context["worth"].is_outdated
    assert after.context["quality"] == ""
    assert [part.review for part in after.context["without_group"]] == [late]
    assert "peer-llwchwr" not in after.context["worth"].numbers


# Moving by hand ---------------------------------------------------------------------------


def test_the_effect_of_a_move_and_its_undoing(client, planned):
    add_clusters(planned, 2)
    suggested(client, planned)
    draft = draft_of(planned)
    assert [len(group) for group in draft.suggested] == [3, 3]
    code = draft.suggested[0][0]

    response = client.post(PAGE, sent(client, **{code: 2}) | {"effect": "1"})
    page = client.get(PAGE)

    context = page.context
    assert response.headers["Location"] == f"{PAGE}#effect"
    assert context["worth"].is_moved
    assert [group.is_changed for group in context["worth"].groups] == [True, True]
    assert [str(saying.text) for saying in context["newly_broken"]] == [
        "This group does not have three to five clusters"
    ]
    known = known_of(planned.round)
    settings = Settings(size=3, boards="mixed")
    moved = [
        [one for one in draft.suggested[0] if one != code],
        [*draft.suggested[1], code],
    ]
    difference = evaluate(moved, known.candidates, settings).objective - draft.objective
    assert context["worth"].effect.difference == pytest.approx(difference)
    assert "What moving clusters did" in words_of(page)
    assert draft_of(planned).groups != draft.suggested

    client.post(PAGE, sent(client) | {"undo": "1"})
    assert draft_of(planned).groups == draft.suggested
    assert not client.get(PAGE).context["worth"].is_moved


def test_a_cluster_goes_into_no_group_or_a_new_one_in_either_language(client, planned):
    add_clusters(planned, 2)
    suggested(client, planned)
    first, second = draft_of(planned).suggested

    client.post(PAGE, sent(client, **{first[0]: 0, second[0]: 3}) | {"effect": "1"})
    welsh = client.get(PAGE.replace("/en/", "/cy/"))

    assert [set(group) for group in draft_of(planned).groups] == [
        set(first[1:]),
        set(second[1:]),
        {second[0]},
    ]
    assert [part.candidate.key for part in welsh.context["without_group"]] == [first[0]]
    assert "Nid yw'r clwstwr hwn mewn grŵp" in words_of(welsh)


@pytest.mark.parametrize("number", ["9", "x", "-1"])
def test_a_group_that_is_not_there_is_refused_at_the_cluster(client, planned, number):
    suggested(client, planned)

    response = client.post(PAGE, sent(client, afan=number) | {"effect": "1"})

    assert response.status_code == 422
    assert set(response.context["places"].errors) == {"to-afan"}
    assert draft_of(planned).groups == draft_of(planned).suggested


def test_changing_the_language_keeps_what_was_chosen_and_saves_nothing(client, planned):
    suggested(client, planned)

    response = client.post(
        PAGE.replace("/en/", "/cy/"),
        sent(client, afan=0) | {"switch_to": "cy", "size": "5", "boards": "any"},
    )

    assert response.status_code == 200
    assert response.context["places"]["to-afan"].value() == "0"
    assert response.context["form"]["size"].value() == "5"
    assert draft_of(planned).groups == draft_of(planned).suggested


def test_two_pages_of_one_person_do_not_overwrite_each_other(client, planned):
    suggested(client, planned)
    one, other = sent(client, afan=0), sent(client, **{"peer-ogwr": 0})
    client.post(PAGE, one | {"effect": "1"})
    groups = draft_of(planned).groups

    refused = client.post(PAGE, other | {"effect": "1"})

    assert refused.status_code == 409
    assert draft_of(planned).groups == groups
    assert refused.context["places"]["to-peer-ogwr"].value() == "0"

    version = refused.context["places"]["version"].value()
    client.post(PAGE, other | {"effect": "1", "version": version})
    assert {code for group in draft_of(planned).groups for code in group} == {
        code for group in draft_of(planned).suggested for code in group
    } - {"peer-ogwr"}


def test_what_is_sent_twice_is_no_conflict(client, planned):
    suggested(client, planned)
    data = sent(client, afan=0) | {"effect": "1"}

    statuses = [client.post(PAGE, data).status_code for _ in range(2)]

    assert statuses == [302, 302]


def test_each_who_arranges_has_their_own_groups(client, planned):
    suggested(client, planned)
    other = UserFactory(national_officer=True)
    client.post(PAGE, sent(client, afan=0) | {"effect": "1"})

    client.force_login(other)
    before = client.get(PAGE).context["draft"]
    client.post(PAGE, {"size": "3", "boards": "mixed", "suggest": "1"})

    theirs = GroupDraft.objects.get(kept_by=other)
    assert before is None
    assert theirs.groups == theirs.suggested == draft_of(planned).suggested
    assert draft_of(planned).groups != theirs.groups


# Using them -------------------------------------------------------------------------------


def groups_there(world):
    return {
        group.number: {
            *group.reviews.values_list("reflection__cluster__code", flat=True),
        }
        for group in world.round.groups.all()
    }


def test_using_groups_makes_them_with_their_usual_reviewers(client, planned):
    suggested(client, planned, size="4")
    client.post(PAGE, sent(client, **{"peer-llwchwr": 0}) | {"effect": "1"})

    response = client.post(PAGE, sent(client) | {"use": "1"})

    assert response.headers["Location"] == "/en/peer-review/rounds/autumn/"
    assert groups_there(planned) == {1: {"afan", "peer-ogwr", "peer-tawe"}}
    assert {(row.user, row.role, row.ending) for row in Assignment.objects.all()} == {
        (person, "reviewer", "")
        for person in (planned.lead, planned.reviewer, planned.second_reviewer)
    }
    changed = AuditEvent.objects.filter(
        kind="changed", subject_type="peerreview.clusterreview", by=planned.national
    )
    assert changed.count() == 3
    assert not ReviewAccess.objects.exists()


def test_moves_that_were_not_looked_at_are_used_too(client, planned):
    suggested(client, planned, size="4")

    client.post(PAGE, sent(client, afan=0) | {"use": "1"})

    assert groups_there(planned) == {1: {"peer-ogwr", "peer-tawe", "peer-llwchwr"}}


def test_groups_that_are_there_are_replaced_once_that_is_confirmed(client, planned):
    old = ReviewGroupFactory(round=planned.round, number=7, place="Neuadd")
    ClusterReview.objects.filter(pk=planned.review.pk).update(group=old)
    AssignmentFactory(group=old, user=planned.facilitator, role="facilitator")
    suggested(client, planned, size="4")

    asked = client.post(PAGE, sent(client) | {"use": "1"})
    still = groups_there(planned)
    page = client.get(CONFIRM)
    replaced = client.post(CONFIRM, {"seen": page.context["form"]["seen"].value()})

    assert asked.headers["Location"] == CONFIRM
    assert still == {7: {"afan"}}
    assert planned.facilitator.name in words_of(page)
    assert planned.review.cluster.name_en in words_of(page)
    assert replaced.headers["Location"] == "/en/peer-review/rounds/autumn/"
    assert groups_there(planned) == {
        1: {"afan", "peer-ogwr", "peer-tawe", "peer-llwchwr"}
    }
    assert not Assignment.objects.filter(user=planned.facilitator).exists()
    removed = AuditEvent.objects.filter(kind="removed", by=planned.national)
    assert {event.subject_type for event in removed} == {
        "peerreview.reviewgroup",
        "peerreview.assignment",
    }


def test_two_organisers_do_not_replace_what_they_were_not_shown(client, planned):
    other = UserFactory(national_officer=True)
    suggested(client, planned, size="4")
    mine = sent(client) | {"use": "1"}
    services.use_groups(
        review_round=planned.round,
        groups=[["afan", "peer-ogwr", "peer-tawe"]],
        by=other,
    )

    first = client.post(PAGE, mine)
    seen = client.get(CONFIRM).context["form"]["seen"].value()
    review = ClusterReview.objects.get(pk=planned.elsewhere.pk)
    group_services.move_cluster(
        review=review, group=planned.round.groups.get(), by=other
    )
    second = client.post(CONFIRM, {"seen": seen})

    assert [first.headers["Location"], second.headers["Location"]] == [CONFIRM, CONFIRM]
    assert planned.round.groups.get().reviews.count() == 4
    said = words_of(client.get(CONFIRM))
    assert "have changed since you looked" in said


def test_groups_moved_on_another_page_are_confirmed_anew(client, planned):
    ReviewGroupFactory(round=planned.round)
    suggested(client, planned, size="4")
    seen = client.get(CONFIRM).context["form"]["seen"].value()
    client.post(PAGE, sent(client, afan=0) | {"effect": "1"})

    response = client.post(CONFIRM, {"seen": seen})

    assert response.headers["Location"] == CONFIRM
    assert [set(codes) for codes in groups_there(planned).values()] == [set()]


def test_groups_in_which_something_was_written_stay(client, planned):
    group = ReviewGroupFactory(round=planned.round)
    ClusterReview.objects.filter(pk=planned.review.pk).update(group=group)
    shared(planned, planned.reviewer)
    suggested(client, planned, size="4")
    seen = client.get(CONFIRM).context["form"]["seen"].value()

    response = client.post(CONFIRM, {"seen": seen}, follow=True)

    assert groups_there(planned) == {group.number: {"afan"}}
    assert "Something was written in a group of this round" in words_of(response)


def test_a_cluster_that_withdrew_meanwhile_is_in_no_group(client, planned):
    suggested(client, planned, size="4")
    data = sent(client) | {"use": "1"}
    round_services.withdraw_cluster(
        review=planned.elsewhere, reason="", language="", by=planned.national
    )

    client.post(PAGE, data)

    assert groups_there(planned) == {1: {"afan", "peer-ogwr", "peer-tawe"}}
    with pytest.raises(services.GroupsChanged):
        services.use_groups(
            review_round=planned.round,
            groups=[["peer-llwchwr"]],
            replaces=services.announcement_fingerprint(planned.round),
            by=planned.national,
        )


@pytest.mark.parametrize("actor", ["lead", "officer", "facilitator", "reviewer"])
def test_the_services_ask_who_does_it(planned, actor):
    by = getattr(planned, actor)
    draft = services.suggest_groups(
        review_round=planned.round, size=3, boards="any", by=planned.national
    )

    for act in (
        lambda: services.suggest_groups(
            review_round=planned.round, size=3, boards="any", by=by
        ),
        lambda: services.change_draft(
            draft=draft, base_version=1, groups=[["afan"]], by=by
        ),
        lambda: services.use_groups(
            review_round=planned.round, groups=[["afan"]], by=by
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()


# Queries, and many clusters ---------------------------------------------------------------


def test_queries_are_the_same_for_3_and_for_60_clusters(
    client, planned, django_assert_max_num_queries
):
    ClusterReview.objects.filter(pk=planned.elsewhere.pk).delete()
    counts = {}
    for number in (3, 60):
        add_clusters(planned, number - ClusterReview.objects.count())
        suggested(client, planned, size="4")
        client.get(PAGE)
        known_of(planned.round)
        for page in (PAGE, CONFIRM):
            with django_assert_max_num_queries(15) as asked:
                response = client.get(page)
            counts[number, page] = len(asked)
            assert response.status_code == 200
        with django_assert_max_num_queries(8) as asked:
            known = known_of(planned.round)
        counts[number, "known"] = len(asked)
        assert len(known.candidates) == number

    for page in (PAGE, CONFIRM, "known"):
        assert counts[3, page] == counts[60, page]


def test_for_many_clusters_groups_are_typed_and_the_wait_is_said(
    client, planned, monkeypatch
):
    monkeypatch.setattr("peerreview.forms.suggestions.MOST_WITH_LISTS", 3)
    monkeypatch.setattr("peerreview.views.suggestions.MOST_WITH_LISTS", 3)
    client.force_login(planned.national)

    first = words_of(client.get(PAGE))
    suggested(client, planned)
    response = client.post(PAGE, sent(client, afan=2) | {"effect": "1"})
    page = client.get(PAGE)

    assert "it takes up to a minute" in first
    assert response.status_code == 302
    assert 'inputmode="numeric"' in page.content.decode()
    assert draft_of(planned).groups[1] == ["afan"]


def test_a_round_in_which_nobody_has_submitted_says_so(client, planned):
    ClusterReview.objects.all().delete()
    client.force_login(planned.national)

    with override("cy"):
        text = words_of(client.get(PAGE.replace("/en/", "/cy/")))

    assert "Nid oes dim i'w awgrymu eto" in text


def test_the_page_of_the_round_leads_here(client, planned):
    client.force_login(planned.national)

    response = client.get("/en/peer-review/rounds/autumn/")

    assert f'href="{PAGE}"' in response.content.decode()
