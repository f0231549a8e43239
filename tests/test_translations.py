"""The Welsh of the interface is complete, safe to print, and in the words that were settled.

What a program can see of it. Whether it reads well, only people can say: see docs/welsh.md.
"""

import datetime
import json
import re
import uuid
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.trans_real import DjangoTranslation

from assessments import services
from assessments.subjects import Subject
from assessments.views.loading import reflection_url
from tests.every_page import Page, build_world, pages
from tests.factories import UserFactory
from tests.pseudo import draw_parts_anew
from tests.steps import criterion_of

FOLDER = Path(settings.LOCALE_PATHS[0], "cy", "LC_MESSAGES")
DOMAINS = ["django", "djangojs"]
CATALOGUES = {domain: polib.pofile(FOLDER / f"{domain}.po") for domain in DOMAINS}
ENTRIES = [
    entry
    for catalogue in CATALOGUES.values()
    for entry in catalogue
    if not entry.obsolete
]
SIX_FORMS = "nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;"
PLACEHOLDER = re.compile(r"%%?\(\w+\)[a-z]|%%?\{\w*\}|\{\w*\}|%[a-z]")
TAG = re.compile(r"</?\w+")


def name(entry):
    return f"{entry.msgctxt}: {entry.msgid}"[:60] if entry.msgctxt else entry.msgid[:60]


def translations(entry):
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def all_translations():
    return [(entry, text) for entry in ENTRIES for text in translations(entry)]


# Names of models ------------------------------------------------------------------------

# Libraries whose tables no page of ours names; and words that are the same in both.
NOT_NAMED = {"axes", "django_tasks_database"}
THE_SAME = {"person"}


@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_models() if model._meta.app_label not in NOT_NAMED],
    ids=lambda model: model._meta.label,
)
def test_every_model_has_a_name_in_both_languages(model):
    for form in ("verbose_name", "verbose_name_plural"):
        with override("cy"):
            welsh = str(getattr(model._meta, form))
        with override("en"):
            english = str(getattr(model._meta, form))

        assert welsh != english or welsh in THE_SAME


# Complete and safe to print -------------------------------------------------------------


@pytest.mark.parametrize("domain", DOMAINS)
def test_header(domain):
    metadata = CATALOGUES[domain].metadata

    assert metadata["Language"] == "cy"
    assert metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert metadata["Plural-Forms"] == SIX_FORMS
    assert "Last-Translator" not in metadata  # no names of people


@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_is_left_over(domain):
    assert CATALOGUES[domain].obsolete_entries() == []


def test_every_entry_is_translated():
    assert [name(entry) for entry in ENTRIES if entry.fuzzy] == []
    assert [name(entry) for entry, text in all_translations() if not text] == []
    assert [
        name(entry)
        for entry in ENTRIES
        if entry.msgid_plural and sorted(entry.msgstr_plural) != [0, 1, 2, 3, 4, 5]
    ] == []


def test_every_translation_has_the_shape_of_its_source():
    for shape in (edges, end, tags, double_spaces):
        differing = [
            text
            for entry, text in all_translations()
            if shape(text) != shape(entry.msgid)
        ]
        assert differing == []


def test_every_translation_keeps_its_placeholders():
    assert [
        text
        for entry in ENTRIES
        for form, text in entry.msgstr_plural.items() or [(None, entry.msgstr)]
        if not keeps_placeholders(entry, form, text)
    ] == []


def keeps_placeholders(entry, form, text):
    source = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    found = set(PLACEHOLDER.findall(text))
    # The form for nought may be a sentence without its number.
    return found == source or (form == 0 and found < source)


def edges(text):
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def end(text):
    """The mark a text ends with, inside or outside its quotation marks."""
    return re.search(r"[.?!:…]?$", text.strip('”" '))[0]


def tags(text):
    return sorted(TAG.findall(text))


def double_spaces(text):
    return 0 if text.isspace() else text.count("  ")


def test_one_apostrophe():
    assert [
        text for _entry, text in all_translations() if re.search("[‘’`]", text)
    ] == []


# Words ----------------------------------------------------------------------------------

SETTLED = {
    "Self-reflection": "Hunanfyfyrio",
    "Peer review": "Adolygiad gan gymheiriaid",
    "Cluster development": "Datblygu clwstwr",
    "Met": "Wedi'i fodloni",
    "Partly met": "Wedi'i fodloni'n rhannol",
    "Not yet met": "Heb ei fodloni eto",
    "Not applicable": "Nid yw'n berthnasol",
    "Not answered": "Heb ei ateb",
    "Below level 1": "Islaw Lefel 1",
    "No maturity levels": "Dim lefelau aeddfedrwydd",
    "Save and continue": "Cadw a pharhau",
    "Save and come back later": "Cadw a dod yn ôl yn nes ymlaen",
    "Back": "Yn ôl",
    "Sign in": "Mewngofnodi",
    "Sign out": "Allgofnodi",
    "Check your answers": "Gwiriwch eich atebion",
    "There is a problem": "Mae problem",
    "Skip to main content": "Neidio i'r prif gynnwys",
    "Suggested level": "Y lefel a awgrymir",
    "What do I have to do?": "Beth sydd angen i mi ei wneud?",
    "By when?": "Erbyn pryd?",
    "What has happened since I was last here?": (
        "Beth sydd wedi digwydd ers i mi fod yma ddiwethaf?"
    ),
    "Page not found": "Heb ddod o hyd i'r dudalen",
}


def test_settled_words_are_used():
    catalogue = {entry.msgid: entry.msgstr for entry in ENTRIES if not entry.msgctxt}

    assert {english: catalogue.get(english) for english in SETTLED} == SETTLED


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        (r"uwchlwyth|llwytho i (fyny|lawr)", "lanlwytho, lawrlwytho"),
        (r"\b(s[ae][vf]i?o|arbed)", "cadw"),
        (
            r"canlyniad(au)? chwilio|dim canlyniadau|\d canlyniad\b",
            "canlyniad is an outcome",
        ),
        (r"\b[cg]h?am(au)?\b(?! gweithredu)", "cam is an action: rhan, for a step"),
        (r"annilys", "say what to do"),
        (r"ebost", "e-bost"),
        (r"ymddeol", "wedi'i dynnu o ddefnydd"),
        (r"ar goll", "heb ei gyfieithu, nid yw … yno"),
        (r"ddim yn berthnasol", "nid yw'n berthnasol"),
        (r"wedi'i gytuno", "cytunwyd arno"),
        (r"dyddiad cwblhau", "i'w gwblhau erbyn"),
        (r"hwylusydd system", "galluogwr"),
        (r"oleiaf", "o leiaf"),
        (r"gorffenaf\b", "Gorffennaf"),
        (r"newidwyd", "newidiwyd"),
        (r"ganddoch", "gennych"),
        (r"\b(ti|dy|dwi|wyt|fedri)\b", "chi"),
        (r"\bsubmit|\bfform\b|\bclicwch", "Welsh"),
    ],
)
def test_words_that_are_not_used(wrong, instead):
    pattern = re.compile(wrong, re.IGNORECASE)

    assert [text for _entry, text in all_translations() if pattern.search(text)] == []


# A word after which the next one may change its first letter; of names and states nobody can
# know how. Put those after a colon.
MUTATING = (
    "a â ag am ar at chwe dan dau dwy dros drwy dy ei fel fy gan gyda heb hyd i mewn mor na "
    "nac neu ni o pa pan pur pwy rhag rhy sut tair tan tri tros trwy tua un wrth y yn"
)
AFTER_A_MUTATING_WORD = re.compile(
    rf"(?<![\w'])({'|'.join(MUTATING.split())}|\w*'[inruw])\s+[“\"]?({PLACEHOLDER.pattern})",
    re.IGNORECASE,
)
# Figures, times of the clock and dates that begin with a figure: these are never changed.
FIGURES = {
    ("am", "%%(time)s"),
    ("am", "%(time)s"),
    ("at", "%(limit)s"),  # hyd at 10,000: a figure
    ("ar", "%(date)s"),
    ("at", "%(limit_value)d"),
    ("at", "%(num)d"),
    ("o", "%(cnt)s"),
    ("o", "%(part_total)s"),
    ("o", "%%(total)s"),
    ("o", "%(total)s"),
}


def test_nothing_is_put_in_after_a_word_that_would_change_it():
    found = {
        (word.lower(), placeholder)
        for _entry, text in all_translations()
        for word, placeholder in AFTER_A_MUTATING_WORD.findall(text)
    }

    assert found == FIGURES


# Numbers --------------------------------------------------------------------------------

NUMBERS = (0, 1, 2, 3, 4, 6, 7)
# What is said at each of these numbers; one text with # where the noun never changes.
COUNTED = {
    "%(count)s outcome has no action and no bar.": (
        "Canlyniadau heb gam gweithredu, a heb far: #."
    ),
    "%(cycle)s: its edition had %(count)s outcome with levels that this edition does not carry on. It is not shown.": tuple(
        f"{number}: canlyniadau â lefelau nad yw'r rhifyn hwn yn eu parhau: {number}. "
        + ("Ni chaiff ei ddangos." if number == 1 else "Ni chânt eu dangos.")
        for number in NUMBERS
    ),
    "You have %(left)s outcome left.": (
        "Nid oes gennych unrhyw ganlyniadau ar ôl.",
        "Mae gennych 1 canlyniad ar ôl.",
        "Mae gennych 2 ganlyniad ar ôl.",
        "Mae gennych 3 chanlyniad ar ôl.",
        "Mae gennych 4 canlyniad ar ôl.",
        "Mae gennych 6 chanlyniad ar ôl.",
        "Mae gennych 7 canlyniad ar ôl.",
    ),
    "We will sign you out in %(n)s minute.": (
        "Byddwn yn eich allgofnodi ymhen 0 munud.",
        "Byddwn yn eich allgofnodi ymhen 1 munud.",
        "Byddwn yn eich allgofnodi ymhen 2 funud.",
        "Byddwn yn eich allgofnodi ymhen 3 munud.",
        "Byddwn yn eich allgofnodi ymhen 4 munud.",
        "Byddwn yn eich allgofnodi ymhen 6 munud.",
        "Byddwn yn eich allgofnodi ymhen 7 munud.",
    ),
    "There is %(days)s day left.": (
        "Nid oes unrhyw ddiwrnod ar ôl.",
        "Mae 1 diwrnod ar ôl.",
        "Mae 2 ddiwrnod ar ôl.",
        "Mae 3 diwrnod ar ôl.",
        "Mae 4 diwrnod ar ôl.",
        "Mae 6 diwrnod ar ôl.",
        "Mae 7 diwrnod ar ôl.",
    ),
    "%(num)d year": (
        "0 o flynyddoedd",
        "1 flwyddyn",
        "2 flynedd",
        "3 blynedd",
        "4 o flynyddoedd",
        "6 blynedd",
        "7 o flynyddoedd",
    ),
    "%(num)d month": ("0 mis", "1 mis", "2 fis", "3 mis", "4 mis", "6 mis", "7 mis"),
    "%(num)d week": "# wythnos",
    "%(num)d day": (
        "0 diwrnod",
        "1 diwrnod",
        "2 ddiwrnod",
        "3 diwrnod",
        "4 diwrnod",
        "6 diwrnod",
        "7 diwrnod",
    ),
    "%(num)d hour": "# awr",
    "%(num)d minute": (
        "0 munud",
        "1 munud",
        "2 funud",
        "3 munud",
        "4 munud",
        "6 munud",
        "7 munud",
    ),
    "%(number)s minute": (
        "0 munud",
        "1 munud",
        "2 funud",
        "3 munud",
        "4 munud",
        "6 munud",
        "7 munud",
    ),
    "%(counter)s result": (
        "0 cofnod",
        "1 cofnod",
        "2 gofnod",
        "3 chofnod",
        "4 cofnod",
        "6 chofnod",
        "7 cofnod",
    ),
    "entry": ("cofnod", "cofnod", "gofnod", "chofnod", "cofnod", "chofnod", "cofnod"),
    "%(count)s %(name)s was changed successfully.": "Newidiwyd yn llwyddiannus (#): #.",
    "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).": (
        "Rhowch o leiaf # nod (nifer y nodau nawr: #)."
    ),
    "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).": (
        "Rhowch hyd at # nod (nifer y nodau nawr: #)."
    ),
    "Please correct the error below.": (
        "Cywirwch y gwallau isod.",
        "Cywirwch y gwall isod.",
        *["Cywirwch y gwallau isod."] * 5,
    ),
    "Please submit at most %(num)d form.": "Anfonwch hyd at # ffurflen.",
    "Please submit at least %(num)d form.": "Anfonwch o leiaf # ffurflen.",
    "This password is too short. It must contain at least %d character.": (
        "Mae'r cyfrinair hwn yn rhy fyr. Rhaid iddo gynnwys o leiaf # nod."
    ),
    "Your password must contain at least %(min_length)d character.": (
        "Rhaid i'ch cyfrinair gynnwys o leiaf # nod."
    ),
}
COUNTING = [entry for entry in CATALOGUES["django"] if entry.msgid_plural]


@pytest.mark.parametrize("entry", COUNTING, ids=name)
def test_nouns_after_figures(entry):
    expected = COUNTED[entry.msgid]
    if isinstance(expected, str):
        expected = tuple(expected.replace("#", str(number)) for number in NUMBERS)

    with override("cy"):
        said = tuple(
            PLACEHOLDER.sub(
                str(number), ngettext(entry.msgid, entry.msgid_plural, number)
            )
            for number in NUMBERS
        )

    assert said == expected


def test_every_counted_noun_is_counted():
    assert {entry.msgid for entry in COUNTING} == set(COUNTED)


# Dates: as in Unicode's CLDR --------------------------------------------------------------

MONTHS = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
]
SHORT_MONTHS = [
    "Ion",
    "Chwef",
    "Maw",
    "Ebr",
    "Mai",
    "Meh",
    "Gorff",
    "Awst",
    "Medi",
    "Hyd",
    "Tach",
    "Rhag",
]
DAYS = [
    "Dydd Llun",
    "Dydd Mawrth",
    "Dydd Mercher",
    "Dydd Iau",
    "Dydd Gwener",
    "Dydd Sadwrn",
    "Dydd Sul",
]
SHORT_DAYS = ["Llun", "Maw", "Mer", "Iau", "Gwen", "Sad", "Sul"]


def test_months_and_days():
    months = [datetime.date(2030, month, 1) for month in range(1, 13)]
    days = [datetime.date(2030, 7, day) for day in range(1, 8)]  # from a Monday

    with override("cy"):
        assert [format_date(month, "F") for month in months] == MONTHS
        assert [format_date(month, "E") for month in months] == MONTHS
        assert [format_date(month, "M") for month in months] == SHORT_MONTHS
        assert [format_date(day, "l") for day in days] == DAYS
        assert [format_date(day, "D") for day in days] == SHORT_DAYS
        assert format_date(datetime.date(2026, 7, 25), "j F Y") == "25 Gorffennaf 2026"


def test_how_long_ago():
    then = datetime.datetime(2030, 5, 2, 10, tzinfo=datetime.UTC)
    now = datetime.datetime(2030, 5, 4, 13, tzinfo=datetime.UTC)

    with override("cy"):
        assert timesince(then, now) == "2\xa0ddiwrnod, 3\xa0awr"


# Django's own words ---------------------------------------------------------------------


def test_our_words_win_over_those_of_django():
    """Each entry, asked for as the program asks, is answered from our catalogue."""
    answers = {}
    with override("cy"):
        for entry in CATALOGUES["django"]:
            if entry.msgid_plural:
                said = ngettext(entry.msgid, entry.msgid_plural, 2)
                expected = entry.msgstr_plural[2]
            elif entry.msgctxt:
                said, expected = pgettext(entry.msgctxt, entry.msgid), entry.msgstr
            else:
                said, expected = gettext(entry.msgid), entry.msgstr
            if said != expected:
                answers[entry.msgid] = said

    assert answers == {}


@pytest.mark.parametrize(
    ("english", "welsh"),
    [
        ("July", "Gorffennaf"),  # Gorffenaf
        ("This field is required.", "Llenwch y maes hwn."),  # Mae angen y maes hwn.
        ("Enter a whole number.", "Rhowch rif cyfan."),  # Rhowch cyfanrif.
        ("Enter a valid date.", "Rhowch ddyddiad dilys."),  # Rhif ddyddiad dilys.
        (
            "Ensure this value is less than or equal to %(limit_value)s.",
            "Rhowch werth sydd heb fod yn fwy na'r terfyn: %(limit_value)s.",
        ),  # fod y gwerth hwn yn fwy neu'n llai na
        (
            "This password is too common.",
            "Mae'r cyfrinair hwn yn rhy gyffredin.",
        ),  # none
        ("No fields changed.", "Ni newidiwyd yr un maes."),  # unrhwy feysydd
        ("Go", "Rhedeg"),  # Ffwrdd â ni
        ("Show all", "Dangos popeth"),  # Dangos pob canlyniad
    ],
)
def test_wrong_words_of_django_are_put_right(english, welsh):
    with override("cy"):
        assert gettext(english) == welsh


def test_scripts_of_the_administrators_get_our_words():
    with override("cy"):
        script = admin.site.i18n_javascript(RequestFactory().get("/cy/admin/jsi18n/"))

    served = json.loads(
        re.search(
            r"const newcatalog = (\{.*?\n  \});", script.content.decode(), re.DOTALL
        )[1]
    )
    expected = {
        f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid: (
            [entry.msgstr_plural[form] for form in range(6)]
            if entry.msgid_plural
            else entry.msgstr
        )
        for entry in CATALOGUES["djangojs"]
    }
    assert {key: served.get(key) for key in expected} == expected


# Asked for in Welsh, and answered in English ----------------------------------------------


@pytest.fixture
def unanswered(monkeypatch):
    """Collects what is asked for in Welsh and is in no catalogue, as long as the test runs."""
    found = set()

    def watched(method):
        def watch(self, message, *more):
            known = self._catalog and (
                message in self._catalog
                or any((message, form) in self._catalog for form in range(6))
            )
            if self.language() == "cy" and not known:
                found.add(message)
            return method(self, message, *more)

        return watch

    for method in ("gettext", "ngettext"):
        watch = watched(getattr(DjangoTranslation, method))
        monkeypatch.setattr(DjangoTranslation, method, watch)
    draw_parts_anew(monkeypatch)
    return found


@pytest.fixture
def world(reflection, other_cluster, lead, stranger, officer, national, administrator):
    return build_world(
        reflection=reflection,
        other_cluster=other_cluster,
        lead=lead,
        stranger=stranger,
        officer=officer,
        national=national,
        administrator=administrator,
    )


def test_what_is_unanswered_is_found(unanswered):
    with override("cy"):
        gettext("Not a sentence of ours")
        gettext("Save")
        ngettext("%(num)d day", "%(num)d days", 2)

    assert unanswered == {"Not a sentence of ours"}


def test_every_page_is_answered_in_welsh(client, world, unanswered):
    statuses = {page.name: page.get(client, "cy").status_code for page in pages(world)}

    assert set(statuses.values()) == {200}
    assert unanswered == set()


def test_every_refusal_is_answered_in_welsh(client, world, unanswered):
    """Forms sent with everything wrong, by the people who can send them."""
    form = {page.name: page for page in pages(world)}
    draft = form["assessments:reflection_check"].where

    def send(page, **data):
        return client.post(page.url("cy"), data, follow=True).status_code

    client.logout()
    statuses = [
        send(form["sign_in"]),
        send(form["sign_in"], username="nobody@example.test", password="wrong"),
    ]
    client.force_login(world.lead)
    change = form["password_change"]
    statuses += [
        send(form["account"], name="n" * 200, language="fr"),
        send(change),
        send(change, old_password="wrong", new_password1="123", new_password2="456"),
        send(change, old_password="wrong", new_password1="123", new_password2="123"),
        send(Page("assessments:reflection_submit", where=draft)),
    ]
    client.force_login(world.officer)
    statuses += [
        send(form["assessments:reflection_return"], **SEEN),
        send(form["assessments:agreement_record"], **SEEN),
    ]

    assert set(statuses) <= {200, 422}
    assert unanswered == set()


def test_every_refused_answer_is_answered_in_welsh(client, world, unanswered):
    url = reflection_url("outcome_edit", world.draft, module="LEVELS", number=1)
    url = url.replace("/en/", "/cy/")
    client.force_login(world.lead)
    page = client.get(url).context["form"]
    sent = {
        "operation_id": str(uuid.uuid4()),
        "written_in": "cy",
        **{
            field.html_name: 0 for field in page if field.html_name.endswith("-version")
        },
    }
    criterion = Subject(criterion_id=criterion_of(world.draft).pk).key

    too_long = client.post(url, sent | {f"{criterion}-text": "x" * 20_000})
    no_choice = client.post(url, sent | {f"{criterion}-choice": "nothing"})
    no_dates = [
        client.post(url, sent | dict(zip(DATE_PARTS, parts, strict=True)))
        for parts in (
            ("31", "2", "2030"),
            ("1", "2", "30"),
            ("a", "2", "2030"),
            ("", "2", "2030"),
            ("1", "", "2030"),
            ("1", "2", ""),
        )
    ]
    stale = client.post(url, sent | {"going-well-text": "Geiriau eraill"})
    services.close_cycle(cycle=world.draft.cycle, by=world.national)
    late = client.post(url, sent | {"going-well-text": "Rhy hwyr"})
    for after_closing in pages(world):
        after_closing.get(client, "cy")

    refused = [too_long, no_choice, *no_dates, stale, late]
    assert {response.status_code for response in refused} == {409, 422}
    assert unanswered == set()


SEEN = {"submission_number": 1, "written_in": "cy"}
DATE_PARTS = [f"next-steps-date_{part}" for part in ("day", "month", "year")]


def test_every_page_of_the_administrators_is_answered_in_welsh(
    client, world, unanswered
):
    """The list, the form, the history and the removal of each kind of record."""
    client.force_login(UserFactory(email="all@example.test", is_superuser=True))
    with override("cy"):
        addresses = [reverse("admin:index")]
        for model, model_admin in admin.site._registry.items():
            start = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            addresses += [
                reverse("admin:app_list", args=[model._meta.app_label]),
                reverse(f"{start}_changelist"),
                reverse(f"{start}_changelist") + "?q=a",
                reverse(f"{start}_add"),
            ]
            if thing := model_admin.model._base_manager.first():
                addresses += [
                    reverse(f"{start}_{page}", args=[thing.pk])
                    for page in ("change", "history", "delete")
                ]

    statuses = {client.get(address).status_code for address in addresses}

    assert statuses <= {200, 403, 409}  # 409: what is in use or published stays
    assert unanswered == set()


def test_every_action_of_the_administrators_is_answered_in_welsh(
    client, world, unanswered
):
    client.force_login(UserFactory(email="all@example.test", is_superuser=True))
    with override("cy"):
        cluster = reverse("admin:organisations_cluster_changelist")
        person = reverse("admin:organisations_user_add")
        authority = reverse("admin:organisations_localauthority_add")
        lists = {
            model: reverse(
                f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            )
            for model in admin.site._registry
        }

    client.post(cluster, {"action": "", "index": "0"})
    client.post(person, {"email": "wrong", "password1": "123", "password2": "456"})
    client.post(authority, {})
    names = {"name_cy": "Sir", "name_en": "County", "code": "W06999999"}
    for button in ("_save", "_continue", "_addanother"):
        client.post(
            authority, names | {button: "1"}, follow=True
        )  # then: there already
        names["code"] = f"W0699999{button[1]}"
    for model, model_admin in admin.site._registry.items():
        first = model._base_manager.first()
        for action in model_admin.actions or ():
            chosen = {"action": action, "_selected_action": [first.pk], "index": "0"}
            client.post(lists[model], chosen)
            client.post(lists[model], chosen | {"confirmed": "1"}, follow=True)
    client.get(reverse("admin:index"))

    assert unanswered == set()
