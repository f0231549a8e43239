"""Scratch."""
import datetime
import pytest
from django.test import Client
from django.urls import reverse
from reporting.api.service import ROOT
from reporting.services.tokens import make_token
from reporting.exhibits import EXHIBITS
from tests.reporting.dashboard.test_scope_leaks import world  # noqa
from tests.reporting.dashboard.test_api import LISTS, STREAMS

pytestmark = pytest.mark.django_db

BAD = ["\x00", "a\x00b", "-1", "999999999999999999999999", "9" * 5000, "٣", "²", "1²", "<script>alert(1)</script>", "\u202eabc", "😀", "=1+1", "%", "_", "'", "\\", "x" * 4000, "-", "--", "", " ", "ŵ", "0", "0000-01", "٢٠٢٦-04", "wales", "cluster-\x00", "board-\x00", "board-", "cluster-%", "-name", "cluster", "agreed", "1e9", "nan", "NaN", "inf", "ACD.²", "LEVELS.²", "LEVELS-²", "LEVELS-1", "SIGNS-1", "9999-12", "0001-01", "2030-04"]
NAMES = ["cycle", "level", "q", "need", "outcome", "page", "clusters", "areas", "indicator", "period", "sort", "module", "list", "factor", "said", "view", "scope", "from"]


def test_views(client, world, settings):
    client.raise_request_exception = False
    bad = set()
    for person in (world.lead, world.national):
        client.force_login(person)
        addresses = [reverse(f"dashboard:{v}", args=[s]) for v in ("overview", "levels", "outcomes", "factors", "needs", "variation", "goals", "actions", "data") for s in ("wales", "board-7A0", "cluster-afan")]
        addresses = [a for a in addresses if client.get(a).status_code == 200 or print("not 200", a)]
        addresses += [reverse("dashboard:start"), reverse("dashboard:commentary", args=["wales", "actions"]), reverse("dashboard:commentary", args=["wales", "page"]), reverse("dashboard:commentary_history", args=["wales", "actions"])]
        addresses += [reverse("dashboard:exhibit_csv", args=["wales", k]) for k in EXHIBITS]
        for a in addresses:
            for value in BAD:
                # several at once, which are not each other's gate
                for group in (NAMES, ["q", "page"], ["need", "clusters"], ["sort"], ["module", "page"], ["scope"]):
                    if group != NAMES and not any(v in a for v in ("needs", "levels", "actions", "factors")) and not a.endswith("dashboard/"):
                        continue
                    r = client.get(a, dict.fromkeys(group, value))
                    if r.status_code >= 500:
                        bad.add((a, tuple(group), value[:20], getattr(r, "exc_info", [None, None])[1].__repr__()[:150]))
            for method in ("head", "post", "put", "delete", "options"):
                r = getattr(client, method)(a)
                if r.status_code >= 500:
                    bad.add((a, method))
            r = client.get(a)
            if "no-store" not in r.headers.get("Cache-Control", "") and "private" not in r.headers.get("Cache-Control", ""):
                bad.add((a, "cache", r.headers.get("Cache-Control")))
    for b in sorted(bad, key=str):
        print(b)
    assert not bad


def test_api(client, world):
    client.raise_request_exception = False
    from unittest import mock
    from reporting.services import tokens
    tokens.REQUESTS_A_MINUTE = 10**9
    secret = make_token(name="t", lasts=datetime.timedelta(days=1), by=world.national)[1]
    h = {"Authorization": f"Bearer {secret}"}
    bad = set()
    for what in (*LISTS, *STREAMS):
        for value in BAD:
            for name in ("scope", "cycle", "outcome", "kind", "limit", "offset", "indicator", "period_from", "period_to"):
                r = client.get(f"{ROOT}{what}", {name: value}, headers=h)
                if r.status_code >= 500:
                    bad.add((what, name, value[:20], repr(r.exc_info[1])[:150]))
                elif r.streaming:
                    try:
                        b"".join(r.streaming_content)
                    except Exception as e:
                        bad.add((what, name, value[:20], repr(e)[:150], "stream"))
        for method in ("head", "post", "put", "delete", "options"):
            r = getattr(client, method)(f"{ROOT}{what}", headers=h)
            if r.status_code != 405:
                bad.add((what, method, r.status_code))
        r = client.get(f"{ROOT}{what}", headers=h | {"Origin": "https://evil.test"})
        if r.cookies or any(k.lower().startswith("access-control") for k in r.headers):
            bad.add((what, "headers", str(r.headers)))
        print(what, dict(r.headers))
    for auth in ("Bearer", "Bearer ", "Bearer x", "Bearer \x00", "Basic x", "bearer " + secret, "Bearer  " + secret, "Bearer ŵ", "Bearer " + "x" * 100000):
        r = client.get(f"{ROOT}scopes", HTTP_AUTHORIZATION=auth)
        print(repr(auth[:20]), r.status_code, r.content[:100])
        if r.status_code >= 500:
            bad.add((auth, repr(r.exc_info)))
    for b in sorted(bad, key=str):
        print(b)
    assert not bad
