"""How many people live in a cluster's area, and how they live: kept in Django admin."""

import pytest
from django.urls import reverse

from organisations.models import AuditEvent, Population

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, administrator, cluster):
    client.force_login(administrator)
    return reverse("admin:organisations_cluster_change", args=[cluster.pk])


def typed(client, page, *, lines=(), known=0, **more):
    """What the cluster's form sends, with lines of populations."""
    initial = client.get(page).context["adminform"].form.initial
    sent = {name: value for name, value in initial.items() if value is not None}
    for number, line in enumerate(lines):
        sent |= {f"populations-{number}-{name}": value for name, value in line.items()}
    return (
        sent
        | {"populations-TOTAL_FORMS": len(lines), "populations-INITIAL_FORMS": known}
        | more
    )


def test_populations_and_rurality_are_kept_and_written_down(client, page, cluster):
    line = {"year": "2024", "people": "42000", "source": "ONS", "cluster": cluster.pk}

    response = client.post(page, typed(client, page, lines=[line], rurality="rural"))

    cluster.refresh_from_db()
    population = Population.objects.get()
    assert response.status_code == 302
    assert (cluster.rurality, population.year, population.people) == (
        "rural",
        2024,
        42000,
    )
    assert {
        (event.kind, event.subject_type): event.details.get("after")
        for event in AuditEvent.objects.exclude(kind="signed_in")
    } == {
        ("changed", "organisations.cluster"): {"rurality": "rural"},
        ("added", "organisations.population"): {
            "cluster": cluster.pk,
            "year": 2024,
            "people": 42000,
            "source": "ONS",
        },
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("cy", ["Poblogaethau", "Trefol neu wledig", "Rhannol drefol, rhannol wledig"]),
        ("en", ["Populations", "Urban or rural", "Partly urban, partly rural"]),
    ],
)
def test_the_page_is_in_both_languages(client, page, cluster, language, words):
    Population.objects.create(cluster=cluster, year=2024, people=42000)

    text = client.get(page.replace("/en/", f"/{language}/")).content.decode()

    assert [word for word in words if word not in text] == []


def test_one_population_a_year_and_somebody_lives_there(client, page, cluster):
    line = {"year": "2024", "people": "0", "source": "", "cluster": cluster.pk}

    nobody = client.post(page, typed(client, page, lines=[line]))
    twice = client.post(
        page,
        typed(client, page, lines=[line | {"people": "4"}, line | {"people": "5"}]),
    )

    assert (nobody.status_code, twice.status_code) == (200, 200)
    assert not Population.objects.exists()
