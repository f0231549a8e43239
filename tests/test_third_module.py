"""A third module without a programmer: through the pages alone, from the admin to the PDF."""

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from assessments.models import SelfReflection
from assessments.views.loading import reflection_url
from frameworks.models import Edition, Module, Outcome
from tests.assessments.test_views import typed
from tests.frameworks.test_admin import address, sent
from tests.reporting.pdf_text import text_of_pages

pytestmark = pytest.mark.django_db

TITLE = {"cy": "Gofal sylfaenol gwyrddach", "en": "Greener primary care"}
OUTCOME = {"cy": "Llai o wastraff", "en": "Less waste"}
CRITERIA = {
    1: {
        "cy": "Mae'r clwstwr yn mesur ei wastraff.",
        "en": "The cluster measures its waste.",
    },
    2: {
        "cy": "Mae'r clwstwr wedi haneru ei wastraff.",
        "en": "The cluster has halved its waste.",
    },
}
UNOFFICIAL = {
    "cy": "Nid yw rhai o eiriau'r canlyniad hwn yn destun swyddogol.",
    "en": "Some of the words of this outcome are not an official text.",
}
LEVEL_3 = {"cy": "Aeddfed", "en": "Mature"}


def both(name, texts):
    return {f"{name}_{language}": text for language, text in texts.items()}


def in_both(client, name, *args, **query):
    """A page of the service in each language."""
    pages = {}
    for language in TITLE:
        with override(language):
            pages[language] = client.get(reverse(name, args=args), query)
    return pages


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def draft(staff, edition):
    """The next edition, with the new module: every page sent as a person sends it."""
    copying = address(Edition, "copy", edition.pk)
    staff.post(
        copying,
        {
            "code": "2031",
            "issued": "2031-01",
            **both("title", {"cy": "Fframwaith 2031", "en": "Framework 2031"}),
        },
    )
    draft = Edition.objects.get(code="2031")

    adding = f"{address(Module, 'add')}?edition={draft.pk}"
    staff.post(
        adding,
        {
            **sent(staff.get(adding)),
            "code": "GREEN",
            "uses_levels": "on",
            "highest_level": 2,
            **both("title", TITLE),
            **both("abbreviation", {"cy": "GSG", "en": "GPC"}),
            **both("criteria_heading", {"cy": "Meini prawf", "en": "Criteria"}),
        },
    )
    module = Module.objects.get(code="GREEN")

    adding = f"{address(Outcome, 'add')}?module={module.pk}"
    staff.post(
        adding,
        {
            **sent(staff.get(adding)),
            **both("title", OUTCOME),
            **both("narrative", {"cy": "Pam.", "en": "Why."}),
        },
    )

    page = address(Outcome, "change", module.outcomes.get().pk)
    fields = sent(staff.get(page)) | {"criteria-TOTAL_FORMS": 2}
    for row, (level, texts) in enumerate(CRITERIA.items()):
        fields |= {
            f"criteria-{row}-level": level,
            f"criteria-{row}-text_cy": texts["cy"],
            f"criteria-{row}-text_en": texts["en"],
        }
    staff.post(page, fields)
    return draft


@pytest.fixture
def published(staff, draft):
    for language in TITLE:
        staff.post(address(Edition, "unofficial", draft.pk, language))
    staff.post(address(Edition, "publish", draft.pk))
    draft.refresh_from_db()
    return draft


@pytest.fixture
def reflection(staff, published, cluster):
    """Of a cycle that was planned and opened on its pages."""
    year = timezone.localdate().year
    staff.post(
        reverse("cycles:cycle_add"),
        {
            "name_cy": "Cylch 2031",
            "name_en": "Cycle 2031",
            "code": "2031",
            "edition": published.pk,
            "opens_on_day": 1,
            "opens_on_month": 1,
            "opens_on_year": year,
            "opens_at_hour": "09:00",
            "closes_on_day": 30,
            "closes_on_month": 11,
            "closes_on_year": year + 1,
            "closes_at_hour": "17:00",
        },
    )
    opening = reverse("cycles:cycle_open", args=["2031"])
    staff.post(opening, sent_by(staff.get(opening)))
    return SelfReflection.objects.get(cluster=cluster)


def sent_by(response):
    form = response.context.get("form")
    return {field.html_name: field.value() for field in form} if form else {}


@pytest.fixture
def submitted(client, reflection, lead):
    """Filled in and sent by the cluster's lead."""
    client.force_login(lead)
    page = reflection_url("outcome_edit", reflection, module="GREEN", number=1)
    first, second = Outcome.objects.get(module__code="GREEN").criteria.order_by("level")
    client.post(
        page,
        typed(
            client,
            page,
            **{
                f"criterion-{first.pk}-choice": "met",
                f"criterion-{second.pk}-choice": "not_yet_met",
                "own-level-choice": "1",
                "target-level-choice": "2",
                "going-well-text": "We weigh the bins.",
            },
        ),
    )
    client.post(reflection_url("reflection_submit", reflection), {"incomplete": "1"})
    reflection.refresh_from_db()
    return reflection


def test_it_is_read_before_publishing_by_those_who_write_it_alone(
    client, staff, draft, lead
):
    pages = in_both(client, "framework_preview:outcome_detail", "2031", "GREEN", 1)
    forms = in_both(client, "form_preview", "2031", "GREEN", 1)
    client.force_login(lead)
    public = in_both(client, "frameworks:outcome_detail", "2031", "GREEN", 1)
    refused = in_both(client, "form_preview", "2031", "GREEN", 1)

    for language in TITLE:
        for page in (pages[language], forms[language]):
            text = page.content.decode().replace("&#x27;", "'")
            assert OUTCOME[language] in text
            assert CRITERIA[2][language] in text
            assert LEVEL_3[language] not in text
        assert public[language].status_code == 404
        assert refused[language].status_code == 403


def test_it_is_not_published_until_every_text_is_settled(staff, draft):
    refused = staff.post(address(Edition, "publish", draft.pk))

    draft.refresh_from_db()
    text = refused.content.decode()
    assert refused.status_code == 409
    assert draft.is_draft
    assert TITLE["en"] in text
    assert "Less waste" in text


def test_everybody_can_read_it(client, published):
    client.logout()

    pages = in_both(client, "frameworks:edition_detail", "2031")
    modules = in_both(client, "frameworks:module_detail", "2031", "GREEN")

    assert published.is_published
    for language in TITLE:
        assert TITLE[language] in pages[language].content.decode()
        assert OUTCOME[language] in modules[language].content.decode()
    assert "(Level 1: 1, Level 2: 1)" in modules["en"].content.decode()
    assert "Some of the English on this page is not an official text" in (
        modules["en"].content.decode()
    )


def test_a_cluster_is_asked_for_the_levels_that_the_module_has(
    client, reflection, lead
):
    client.force_login(lead)
    page = reflection_url("outcome_edit", reflection, module="GREEN", number=1)

    fields = client.get(page).context["form"].fields
    refused = client.post(page, typed(client, page, **{"own-level-choice": "3"}))

    assert [value for value, _ in fields["own-level-choice"].choices] == ["0", "1", "2"]
    assert [value for value, _ in fields["target-level-choice"].choices] == ["1", "2"]
    assert refused.status_code == 422


def test_the_board_and_the_nation_see_it(client, submitted, officer, national):
    board = submitted.cluster.health_board

    client.force_login(officer)
    of_board = in_both(
        client, "dashboard:levels", f"board-{board.code}", module="GREEN"
    )
    client.force_login(national)
    of_nation = in_both(client, "dashboard:levels", "wales", module="GREEN")

    assert submitted.state == SelfReflection.State.SUBMITTED
    for pages in (of_board, of_nation):
        for language in TITLE:
            text = pages[language].content.decode()
            assert TITLE[language] in text
            assert OUTCOME[language] in text
        (row,) = pages["en"].context["heat_map"].rows
        assert [cell.level for cell in row.cells] == [1]


def test_the_pdf_prints_it(client, submitted, lead):
    client.force_login(lead)

    for language in TITLE:
        with override(language):
            url = reverse(
                "reporting:report_pdf",
                args=["2031", submitted.cluster.code, 1, language],
            )
        text = text_of_pages(client.get(url).getvalue())
        assert TITLE[language] in text
        assert OUTCOME[language] in text
        assert CRITERIA[1][language] in text
        assert CRITERIA[2][language] in text
        assert "We weigh the bins." in text
        assert UNOFFICIAL[language] in text
