"""What programs read: who reads what, in which parts, and what wrong requests are told."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import services
from assessments.models import ReviewAccess
from reporting.api.service import ROOT
from reporting.services.tokens import make_token
from tests.factories import (
    ClusterFactory,
    CycleFactory,
    SelfReflectionFactory,
    UserFactory,
)
from tests.reporting.dashboard.submitted import OF_AN_ACTION, WORDS, submit_everything
from tests.steps import entry, outcome_of, save, words_of

pytestmark = pytest.mark.django_db
LISTS = [
    *("scopes", "clusters", "cycles", "outcomes", "criteria", "enabling-factors"),
    *("indicators", "tags", "standings", "signs", "factors", "needs", "actions"),
    "indicator-values",
]
STREAMS = ["facts", "answers"]
DRAFT_CANARY = "canarydraft"


@pytest.fixture
def ask(client):
    """Asks as a person's program does; a token is made for whoever has none yet."""
    secrets = {}

    def asking(by, what, **query):
        if by.pk not in secrets:
            lasts = datetime.timedelta(days=1)
            secrets[by.pk] = make_token(name="test", lasts=lasts, by=by)[1]
        return client.get(
            f"{ROOT}{what}",
            query,
            headers={"Authorization": f"Bearer {secrets[by.pk]}"},
        )

    return asking


def results(response):
    assert response.status_code == 200, response.content
    return response.json()["results"]


def lines(response):
    assert response.status_code == 200
    return [
        json.loads(line)
        for line in b"".join(response.streaming_content).split(b"\n")
        if line
    ]


def body_of(response):
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return response.content.decode()


@pytest.fixture
def written(reflection, lead, officer):
    """Afan submitted, and level 2 was agreed of its first outcome."""
    submit_everything(reflection, by=lead)
    services.begin_review(reflection=reflection, by=officer)
    services.record_agreement(
        reflection=reflection,
        by=officer,
        levels={outcome_of(reflection).pk: (2, "They saw it.", "en")},
    )
    return reflection


@pytest.fixture
def draft(cycle, other_cluster, stranger):
    """Ogwr's, not submitted."""
    reflection = SelfReflectionFactory(cycle=cycle, cluster=other_cluster)
    save(reflection, entry(words_of(reflection), DRAFT_CANARY), by=stranger)
    return reflection


def test_what_a_lead_reads(ask, written, lead):
    cluster = results(ask(lead, "clusters", scope="cluster-afan"))[0]
    place = {
        key: cluster[key]
        for key in ("code", "name_cy", "name_en", "health_board", "local_authority")
    }
    start = {"cycle": "2030", "edition": "2030-05", "cluster": place}

    found = {
        name: results(ask(lead, name))
        for name in (
            "standings",
            "signs",
            "factors",
            "needs",
            "actions",
            "indicator-values",
        )
    }

    level = {"module": "LEVELS", "own_level": 1, "suggested_level": 1}
    assert found == {
        "standings": [
            start
            | {
                "is_readable": True,
                "levels": [
                    level | {"outcome": 1, "agreed_level": 2},
                    level | {"outcome": 2, "agreed_level": None},
                ],
            }
        ],
        "signs": [
            start
            | {
                "signs": [
                    {
                        "module": "SIGNS",
                        "outcome": 1,
                        "criterion": 1,
                        "answer": "some_signs",
                    }
                ]
            }
        ],
        "factors": [start | {"factors": [{"number": 1, "answer": "helps"}]}],
        "needs": [
            start | {"module": "LEVELS", "outcome": 1, "kind": "barrier", "tag": "time"}
        ],
        "actions": [
            start | {"module": "LEVELS", "outcome": 1, "status": "planned", "count": 1}
        ],
        "indicator-values": [
            {
                "cluster": place,
                "indicator": "visits",
                "edition": "2030-05",
                "period": "2030-04",
                "value": 2.5,
                "unit": "per_1000",
                "numerator": 5,
                "denominator": 2000,
                "note": "",
                "source": "",
            }
        ],
    }


def test_of_others_agreed_levels_alone(ask, written, stranger):
    found = {
        name: results(ask(stranger, name))
        for name in ("signs", "factors", "needs", "actions", "indicator-values")
    }
    standing = results(ask(stranger, "standings"))[0]

    assert set(map(len, found.values())) == {0}
    assert standing["is_readable"] is False
    assert [
        [level[name] for name in ("own_level", "suggested_level", "agreed_level")]
        for level in standing["levels"]
    ] == [[None, None, 2], [None, None, None]]
    kinds = {fact["kind"] for fact in lines(ask(stranger, "facts"))}
    assert kinds == {"agreed_level"}
    assert lines(ask(stranger, "answers")) == []


def test_who_submitted_is_not_told_before_levels_are_agreed(
    ask, reflection, lead, stranger
):
    submit_everything(reflection, by=lead)

    part = ask(stranger, "standings").json()

    assert (part["count"], part["results"]) == (0, [])
    assert len(results(ask(lead, "standings"))) == 1


def test_every_answer_with_its_words(ask, written, lead):
    said = lines(ask(lead, "answers"))

    words = [each for each in said if each["text"] == WORDS]
    assert [(each["module"], each["outcome"], each["language"]) for each in words] == [
        ("LEVELS", 1, "en")
    ]
    content = json.loads(written.submissions.get().content)
    assert len(said) == (
        len(content["context"])
        + len(content["closing"])
        + len(content["enabling_factors"])
        + sum(
            len(outcome["criteria"]) + len(outcome["questions"])
            for module in content["modules"]
            for outcome in module["outcomes"]
        )
    )
    assert lines(ask(lead, "answers", outcome="SIGNS.1")) == [
        each for each in said if each["module"] == "SIGNS"
    ]


def test_definitions(ask, written, lead):
    found = {name: results(ask(lead, name)) for name in LISTS[:8]}

    assert {name: len(rows) for name, rows in found.items()} == {
        "scopes": 4,
        "clusters": 1,
        "cycles": 1,
        "outcomes": 3,
        "criteria": 7,
        "enabling-factors": 1,
        "indicators": 1,
        "tags": 1,
    }
    assert [row["code"].split("-")[0] for row in found["scopes"]] == [
        *("wales", "region", "board", "authority")
    ]
    assert found["scopes"][0]["name_cy"] == "Cymru"


# Who sees what --------------------------------------------------------------------------


def test_words_of_others_are_nowhere(
    ask,
    written,
    draft,
    lead,
    contributor,
    stranger,
    officer,
    other_officer,
    national,
):
    reviewer, past, other_cluster_reader = (
        UserFactory(email=f"{name}@example.test", lead_of=ClusterFactory())
        for name in ("reviewer", "past", "reader")
    )
    now, hour = timezone.now(), datetime.timedelta(hours=1)
    for person, ends_at in ((reviewer, now + hour), (past, now - hour)):
        ReviewAccess.objects.create(
            reflection=written, user=person, starts_at=now - 2 * hour, ends_at=ends_at
        )
    people = {
        "lead": lead,
        "contributor": contributor,
        "stranger": stranger,
        "officer": officer,
        "other_officer": other_officer,
        "national": national,
        "reviewer": reviewer,
        "past": past,
        "reader": other_cluster_reader,
    }

    found = {word: set() for word in (WORDS, DRAFT_CANARY, OF_AN_ACTION)}
    own_level = set()
    for name, person in people.items():
        for what in [*LISTS[8:], *STREAMS]:
            response = ask(person, what)
            assert response.status_code == 200
            body = body_of(response)
            for word in found:
                if word in body:
                    found[word].add(name)
            if '"kind": "own_level"' in body:
                own_level.add(name)

    readers = {"lead", "contributor", "officer", "national", "reviewer"}
    assert found == {WORDS: readers, DRAFT_CANARY: set(), OF_AN_ACTION: set()}
    assert own_level == readers


@pytest.mark.parametrize("what", ["clusters", "standings", "facts"])
def test_a_cluster_that_one_may_not_read_is_not_there(ask, written, stranger, what):
    hidden = ask(stranger, what, scope="cluster-afan")
    none = ask(stranger, what, scope="cluster-none")

    assert hidden.status_code == none.status_code == 404
    assert hidden.json() == none.json()


def test_a_cycle_that_was_never_opened_is_not_there(ask, written, lead):
    CycleFactory(code="2031", edition=written.cycle.edition, unopened=True)

    assert [row["code"] for row in results(ask(lead, "cycles"))] == ["2030"]
    assert ask(lead, "standings", cycle="2031").status_code == 422


# Parts, filters, refusals ---------------------------------------------------------------


def test_parts_follow_each_other(ask, client, written, lead):
    whole = results(ask(lead, "criteria"))

    found, query = [], {"limit": 3}
    for _ in range(10):
        part = ask(lead, "criteria", **query).json()
        assert part["count"] == len(whole)
        found += part["results"]
        if part["next"] is None:
            break
        assert part["next"].startswith(f"{ROOT}criteria?")
        query = dict(pair.split("=") for pair in part["next"].split("?")[1].split("&"))

    assert found == whole


def test_filters(ask, written, lead):
    levels = results(ask(lead, "standings", outcome="LEVELS.2"))[0]["levels"]

    assert [level["outcome"] for level in levels] == [2]
    assert results(ask(lead, "needs", outcome="LEVELS.2")) == []
    assert len(results(ask(lead, "needs", outcome="LEVELS.1", kind="barrier"))) == 1
    assert results(ask(lead, "needs", kind="support")) == []
    assert results(ask(lead, "actions", outcome="LEVELS.2")) == []
    assert len(results(ask(lead, "indicator-values", period_from="2030-04"))) == 1
    assert results(ask(lead, "indicator-values", period_from="2030-05")) == []
    assert results(ask(lead, "indicator-values", period_to="2030-03")) == []
    assert len(results(ask(lead, "indicator-values", indicator="visits"))) == 1
    assert {fact["kind"] for fact in lines(ask(lead, "facts", kind="sign"))} == {"sign"}
    assert results(ask(lead, "clusters", scope="board-7A0")) != []


@pytest.mark.parametrize(
    ("what", "query", "wrong"),
    [
        ("standings", {"outcme": "LEVELS.1"}, ["outcme"]),
        ("standings", {"limit": "1000"}, ["limit"]),
        ("standings", {"limit": "0"}, ["limit"]),
        ("standings", {"limit": "many", "offset": "-1"}, ["limit", "offset"]),
        ("standings", {"cycle": "1999"}, ["cycle"]),
        ("standings", {"outcome": "LEVELS.9"}, ["outcome"]),
        ("standings", {"outcome": "LEVELS"}, ["outcome"]),
        ("needs", {"kind": "wish"}, ["kind"]),
        ("indicator-values", {"indicator": "unknown"}, ["indicator"]),
        ("indicator-values", {"period_from": "2030-13"}, ["period_from"]),
        ("indicator-values", {"period_to": "April"}, ["period_to"]),
        ("indicator-values", {"period_from": "0000-01"}, ["period_from"]),
        ("indicator-values", {"period_from": "٢٠٣٠-04"}, ["period_from"]),
        ("facts", {"kind": "guess"}, ["kind"]),
        ("facts", {"limit": "5"}, ["limit"]),
    ],
)
def test_what_is_not_understood(ask, written, lead, what, query, wrong):
    response = ask(lead, what, **query)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (422, "wrong_parameters")
    assert [each["parameter"] for each in error["parameters"]] == wrong
    for message in (
        error["message"],
        *(each["message"] for each in error["parameters"]),
    ):
        assert set(message) == {"cy", "en"}
        assert message["cy"] != message["en"]


@pytest.mark.parametrize("address", [ROOT, f"{ROOT}nothing", "/api/v2/scopes"])
def test_an_unknown_address_is_told_so_in_json(client, address):
    response = client.get(address)

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "page_not_found"
    assert set(response.json()["error"]["message"]) == {"cy", "en"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client, method):
    response = getattr(client, method)(f"{ROOT}standings")

    assert response.status_code == 405
    assert response.json()["error"]["code"] == "read_only"


def test_a_session_is_neither_made_nor_prolonged(client, ask, written, lead):
    response = ask(lead, "standings")

    assert not response.cookies
    assert response.headers["Cache-Control"] == "private, no-store"


def test_before_any_cycle(ask, lead):
    assert {len(results(ask(lead, what))) for what in LISTS[2:]} == {0}
    assert [lines(ask(lead, what)) for what in STREAMS] == [[], []]


# The description ------------------------------------------------------------------------


def test_the_document_describes_every_address(client):
    document = client.get(f"{ROOT}openapi.json").json()

    assert sorted(document["paths"]) == sorted(
        f"{ROOT}{what}" for what in [*LISTS, *STREAMS]
    )
    assert document["openapi"].startswith("3.")
    ids = [methods["get"]["operationId"] for methods in document["paths"].values()]
    assert len(set(ids)) == len(ids)
    for methods in document["paths"].values():
        assert methods["get"]["security"] == [{"PersonalTokens": []}]


def test_the_document_is_in_both_languages(client):
    documents = [
        client.get(f"{ROOT}openapi.json", headers={"Accept-Language": code}).json()
        for code in ("cy", "en")
    ]

    welsh, english = (
        [
            sentence
            for methods in document["paths"].values()
            for sentence in (
                methods["get"]["summary"],
                *(each["description"] for each in methods["get"]["parameters"]),
            )
        ]
        for document in documents
    )
    assert len(welsh) == len(english) > 50
    assert [
        pair for pair in zip(welsh, english, strict=True) if pair[0] == pair[1]
    ] == []


def test_what_it_answers_is_as_the_document_says(client, ask, written, lead):
    """Each answer has the fields that its schema has, and no other."""
    document = client.get(f"{ROOT}openapi.json").json()
    schemas = document["components"]["schemas"]
    for what in LISTS:
        answered = document["paths"][f"{ROOT}{what}"]["get"]["responses"]["200"]
        part = answered["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        item = schemas[part]["properties"]["results"]["items"]["$ref"].split("/")[-1]

        row = results(ask(lead, what))[0]

        assert set(row) == set(schemas[item]["properties"]), what


# What it costs --------------------------------------------------------------------------


@pytest.mark.parametrize("what", [*LISTS, *STREAMS])
def test_queries_do_not_grow_with_clusters(ask, written, national, officer, what):
    def count():
        with CaptureQueriesContext(connection) as queries:
            body_of(ask(national, what))
        return len(queries)

    ask(national, what)  # which makes the token
    count()
    with_one = count()
    for _ in range(2):
        cluster = ClusterFactory(health_board=written.cluster.health_board)
        lead = UserFactory(lead_of=cluster)
        submit_everything(
            SelfReflectionFactory(cycle=written.cycle, cluster=cluster), by=lead
        )

    assert count() == with_one <= 15
