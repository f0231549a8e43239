"""Rules of this codebase that no off-the-shelf linter knows."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
APPS = [
    "cdf_site",
    "organisations",
    "frameworks",
    "notifications",
    "assessments",
    "peerreview",
    "reporting",
]
MODULES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
VIEWS = [
    path for path in MODULES if path.name == "views.py" or path.parent.name == "views"
]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html")) + sorted(
    path for app in APPS for path in ROOT.glob(f"{app}/templates/**/*.html")
)


def name(path):
    return str(path.relative_to(ROOT))


def findings(pattern, paths):
    """Where ``pattern`` stands in ``paths``: each with its line."""
    return [
        f"{name(path)}:{path.read_text()[: match.start()].count(chr(10)) + 1}: {match[0]}"
        for path in paths
        for match in pattern.finditer(path.read_text())
    ]


def test_there_is_something_to_read():
    assert len(MODULES) > 30
    assert len(VIEWS) > 2
    assert len(TEMPLATES) > 30


# Who sees what --------------------------------------------------------------------------

SEEN_BY_SOME = (
    "SelfReflection|Answer|AnswerVersion|Submission|Action|ActionChange|Extension|Evidence|View"
    "|Discussion|Flag|Presence|FacilitatedSession|WorksheetUpload"
    "|FigureUpload|IndicatorValue"
    "|ReviewRound|ReviewGroup|ClusterReview|Assignment|Interest"
    "|Annotation|AnnotationVersion|Finding|FindingVersion|Response|ResponseVersion"
    "|GoodPractice|ContactRequest"
    "|Commentary|CommentaryVersion|PersonalToken|Pack|PackPart"
    "|Learned|LearnedEntry|LearnedVersion"
)
UNSCOPED = re.compile(rf"\b({SEEN_BY_SOME})\.objects\b(?!\s*\.visible_to\()")


def test_views_read_only_what_the_person_may_see():
    assert findings(UNSCOPED, VIEWS) == []


# Written by people, and asked for only through one of the models above.
BEHIND_ANOTHER = {
    "assessments.StateChange": "assessments.SelfReflection",
    "assessments.AgreedLevel": "assessments.Submission",
    "assessments.ReturnReason": "assessments.SelfReflection",
}
# What administrators write for everybody, and people's own account.
FOR_EVERYBODY = {"organisations", "frameworks"}


def holds_text_by_people(model):
    return any(
        isinstance(field, models.TextField) and not field.choices
        for field in model._meta.get_fields()
        if getattr(field, "column", None)
    )


def test_every_model_with_text_by_people_says_to_whom_it_is_visible():
    written = {
        model
        for app in APPS
        if app not in FOR_EVERYBODY and apps.is_installed(app)
        for model in apps.get_app_config(app).get_models()
        if holds_text_by_people(model)
    }

    unsaid = {
        model._meta.label
        for model in written
        if not hasattr(model._default_manager, "visible_to")
    }

    assert {model._meta.label for model in written} >= {
        "assessments.Answer",
        "assessments.AnswerVersion",
        "assessments.Submission",
        "assessments.Action",
    }
    assert unsaid == set(BEHIND_ANOTHER)


def test_what_clusters_write_is_in_no_admin():
    # What is registered for translation has names in both languages, and is in no admin by that.
    paths = [path for path in MODULES if path.name != "translation.py"]

    registered = findings(re.compile(rf"register\(\s*(?:{SEEN_BY_SOME})\b"), paths)

    assert registered == []


# Pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"\|\s*safe\b", id="safe"),
        pytest.param(r"\|\s*safeseq\b", id="safeseq"),
        pytest.param(r"autoescape\s+off", id="autoescape off"),
        pytest.param(r"<script(?![^>]*\bsrc=)", id="script in the page"),
        pytest.param(r"<style\b", id="style in the page"),
        pytest.param(r"<[^>]*\sstyle\s*=", id="style of an element"),
        pytest.param(r"<[^>]*\son[a-z]+\s*=", id="event in an element"),
        pytest.param(r"javascript:", id="javascript address"),
        pytest.param(r"{%\s*blocktranslate(?![^%]*\btrimmed\b)", id="not trimmed"),
        pytest.param(r"{%\s*(trans|blocktrans)\b", id="old name of translate"),
        pytest.param(r"""(?:src|href)=["']https?://""", id="another machine's file"),
    ],
)
def test_templates_have_none_of(pattern):
    # A PDF has its style in the document, and so has an e-mail: neither goes to a browser as a page
    # of ours, and no policy holds for it.
    paths = [
        path
        for path in TEMPLATES
        if "pdf" not in name(path)
        and name(path) != "templates/notifications/frame.html"
    ]

    assert findings(re.compile(pattern), paths) == []


def test_a_new_window_knows_nothing_of_the_page_that_opened_it():
    bare = re.compile(r'target="_blank"(?!\s+rel="noopener")')

    assert findings(bare, TEMPLATES) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_form_that_changes_something_has_its_token(path):
    text = path.read_text()
    posts = re.findall(r'<form[^>]*method="post"', text, re.IGNORECASE)

    assert text.count("{% csrf_token %}") + text.count(
        'name="csrfmiddlewaretoken"'
    ) >= len(posts)


# Code -----------------------------------------------------------------------------------


def test_no_html_is_trusted_in_python():
    """But an empty text: everything else goes through ``format_html``, which escapes."""
    trusting = re.compile(r"\bmark_safe\b|\bSafe(?:String|Text)\((?!\"\"\))")

    assert findings(trusting, MODULES) == []


def test_no_sql_is_put_together_from_input():
    """Raw SQL stands with the triggers alone, and takes nothing from outside."""
    paths = [path for path in MODULES if path.name != "triggers.py"]

    assert findings(re.compile(r"\.(raw|extra)\(|cursor\.execute"), paths) == []


def test_states_are_changed_by_one_function():
    changing = findings(re.compile(r"\.state\s*=[^=]"), MODULES)

    assert [place.split(":")[0] for place in changing] == [
        "assessments/services/states.py"
    ]


def test_only_services_write_what_clusters_write():
    """Through services: locked, checked and audited. Invented data alone is written at once."""
    written = (
        f"{SEEN_BY_SOME}|SubmittedOutcome|AgreedLevel|StateChange|ReviewAccess"
        "|Resolution|Mention|ActionOrigin|Meeting|ReviewPhase"
    )
    writing = re.compile(
        rf"\b({written})\.objects\s*\.(create|bulk_create|update|get_or_create|"
        r"update_or_create|bulk_update|delete)\("
    )
    services = ("assessments/services/", "peerreview/services/", "reporting/services/")
    paths = [path for path in MODULES if not name(path).startswith(services)]

    places = {place.split(":")[0] for place in findings(writing, paths)}

    assert places <= {
        "cdf_site/demonstration/clock.py",
        "cdf_site/demonstration/loading.py",
    }


def test_services_take_keywords_and_say_by_whom():
    from_module = ast.parse((ROOT / "assessments/services/__init__.py").read_text())
    offered = {
        alias.name
        for node in from_module.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name.islower()
    }

    signatures = {
        node.name: node.args
        for path in sorted((ROOT / "assessments/services").glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name in offered
    }

    assert set(signatures) == offered
    for arguments in signatures.values():
        assert arguments.args == []
        assert "by" in {argument.arg for argument in arguments.kwonlyargs}


def test_no_clock_without_a_time_zone():
    naive = re.compile(r"datetime\.now\(\)|utcnow\(|date\.today\(\)")

    assert findings(naive, MODULES) == []
