"""Evidence: what is kept, who sees it, what a submission holds, and how a file is served."""

import io
import json

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from assessments import services, snapshot
from assessments.evidence import load_by_outcome
from assessments.models import (
    Evidence,
    EvidenceUse,
    SelfReflection,
    SubmittedEvidence,
)
from assessments.services import ForeignSubject, Use
from assessments.views.loading import reflection_url
from cdf_site.common import uploads
from organisations.models import AuditEvent
from reporting.pdf.report import render_report
from tests.common.hostile import BAD, pdf, picture
from tests.factories import SelfReflectionFactory
from tests.steps import (
    State,
    add_link,
    criterion_of,
    outcome_of,
    sheet_of,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

TITLE = "Cofnodion ein cyfarfod"


def file_names():
    storage = Evidence._meta.get_field("file").storage
    return set(storage.listdir(".")[1])


def add_file(reflection, *, by, name="Cofnodion tŷ.pdf", content=None):
    criterion = criterion_of(reflection)
    checked = uploads.check(SimpleUploadedFile(name, content or pdf()))
    evidence = services.add_evidence(
        reflection=reflection,
        title=TITLE,
        language="cy",
        uses=[Use(criterion.outcome_id, criterion.pk)],
        checked=checked,
        by=by,
    )
    reflection.refresh_from_db()
    return evidence


def url_of(name, evidence):
    return reflection_url(name, evidence.reflection, evidence=evidence.pk)


def uses_of(evidence):
    return {(use.outcome_id, use.criterion_id) for use in evidence.uses.all()}


def audited(evidence):
    return list(
        AuditEvent.objects.filter(
            subject_type="assessments.evidence", subject_id=str(evidence.pk)
        )
        .order_by("pk")
        .values_list("kind", flat=True)
    )


# Services -------------------------------------------------------------------------------


def test_a_link_supports_several_criteria_also_of_other_outcomes(reflection, lead):
    first, second = criterion_of(reflection), criterion_of(reflection, outcome=2)
    whole = outcome_of(reflection, number=2)

    evidence = add_link(
        reflection,
        by=lead,
        uses=[
            Use(first.outcome_id, first.pk),
            Use(second.outcome_id, second.pk),
            Use(whole.pk),
        ],
    )

    assert uses_of(evidence) == {
        (first.outcome_id, first.pk),
        (second.outcome_id, second.pk),
        (whole.pk, None),
    }
    assert (evidence.title, evidence.url, evidence.added_by) == (
        "Minutes of our meeting",
        "https://example.test/minutes",
        lead,
    )
    assert audited(evidence) == ["added"]
    assert reflection.state == State.DRAFT  # the first thing that was done


def test_a_file_is_kept_under_a_name_that_tells_nothing(reflection, contributor):
    content = pdf()

    evidence = add_file(reflection, by=contributor, content=content)

    assert evidence.file_name == "Cofnodion tŷ.pdf"
    assert evidence.file.name not in evidence.file_name
    assert evidence.file.name.endswith(".pdf")
    assert len(evidence.file.name) == 36
    assert (evidence.size, evidence.media_type) == (len(content), "application/pdf")
    with evidence.file.open("rb") as file:
        assert file.read() == content


def test_the_same_thing_sent_twice_is_added_once(reflection, lead):
    content = pdf()
    first = add_file(reflection, by=lead, content=content)
    before = file_names()

    again = add_file(reflection, by=lead, content=content)

    assert again == first
    assert (Evidence.objects.count(), file_names()) == (1, before)


def test_the_same_thing_added_for_something_else_supports_both(reflection, lead):
    first, second = criterion_of(reflection), criterion_of(reflection, outcome=2)
    whole = Use(outcome_of(reflection).pk)

    evidence = add_link(reflection, by=lead)
    again = add_link(
        reflection, by=lead, uses=[Use(second.outcome_id, second.pk), whole]
    )

    assert again == evidence
    assert uses_of(evidence) == {
        (first.outcome_id, first.pk),
        (second.outcome_id, second.pk),
        (whole.outcome_id, None),
    }
    assert audited(evidence) == ["added", "changed"]


def test_a_self_reflection_holds_so_much_evidence_and_no_more(
    client, reflection, lead, monkeypatch
):
    monkeypatch.setattr("assessments.services.evidence.MOST_EVIDENCE", 2)
    removed = add_link(reflection, by=lead, title="Removed")
    services.remove_evidence(evidence=removed, by=lead)
    for title in ("One", "Two"):
        add_link(reflection, by=lead, title=title)
    before = file_names()

    with pytest.raises(services.TooMuchEvidence):
        add_file(reflection, by=lead)
    with pytest.raises(services.TooMuchEvidence):
        services.restore_evidence(evidence=removed, by=lead)
    client.force_login(lead)
    pages = [
        client.post(address, posted(reflection), follow=True).content.decode()
        for address in (
            reflection_url("evidence_add", reflection),
            url_of("evidence_restore", removed),
        )
    ]

    assert [piece.title for piece in Evidence.objects.in_use()] == ["One", "Two"]
    assert file_names() == before
    assert ["Take one out first." in page for page in pages] == [True, True]
    assert add_link(reflection, by=lead, title="One").title == "One"


def test_what_is_supported_can_be_changed(reflection, lead):
    evidence = add_link(reflection, by=lead)
    kept, other = criterion_of(reflection), criterion_of(reflection, level=2)
    before = evidence.uses.get()

    services.change_evidence(
        evidence=evidence,
        title="Another title",
        language="en",
        uses=[Use(kept.outcome_id, kept.pk), Use(other.outcome_id, other.pk)],
        by=lead,
    )

    evidence.refresh_from_db()
    assert evidence.title == "Another title"
    assert uses_of(evidence) == {
        (kept.outcome_id, kept.pk),
        (other.outcome_id, other.pk),
    }
    assert before in evidence.uses.all()
    assert audited(evidence) == ["added", "changed"]


def test_taken_out_and_put_back_each_once(reflection, lead):
    evidence = add_link(reflection, by=lead)

    for _ in range(2):
        services.remove_evidence(evidence=evidence, by=lead)
    evidence.refresh_from_db()
    assert (evidence.removed_by, Evidence.objects.in_use().count()) == (lead, 0)
    for _ in range(2):
        services.restore_evidence(evidence=evidence, by=lead)

    assert list(Evidence.objects.in_use()) == [evidence]
    assert audited(evidence) == ["added", "removed", "added"]


def everything(evidence, *, by):
    """Each service on evidence, as a call."""
    uses = [Use(outcome_of(evidence.reflection).pk)]
    said = {"title": "Theirs", "language": "en", "uses": uses, "by": by}
    return [
        lambda: services.add_evidence(
            reflection=evidence.reflection, url="https://example.test/", **said
        ),
        lambda: services.change_evidence(evidence=evidence, **said),
        lambda: services.remove_evidence(evidence=evidence, by=by),
        lambda: services.restore_evidence(evidence=evidence, by=by),
    ]


@pytest.mark.parametrize(
    "who", ["stranger", "officer", "national", "administrator", "superuser"]
)
def test_nobody_else_changes_evidence(reflection, lead, who, request):
    evidence = add_link(reflection, by=lead)

    for act in everything(evidence, by=request.getfixturevalue(who)):
        with pytest.raises(PermissionDenied):
            act()

    assert [(each.title, each.removed_at) for each in Evidence.objects.all()] == [
        ("Minutes of our meeting", None)
    ]


def test_nothing_changes_once_it_is_submitted(reflection, lead):
    evidence = add_link(reflection, by=lead)
    submit(reflection, by=lead)

    for act in everything(evidence, by=lead):
        with pytest.raises(PermissionDenied):
            act()

    assert audited(evidence) == ["added"]


def test_only_what_the_edition_asks_is_supported(reflection, lead):
    elsewhere = SelfReflectionFactory()
    foreign, own = criterion_of_any(elsewhere), outcome_of(reflection)

    for uses in (
        [],
        [Use(foreign.outcome_id)],
        [Use(foreign.outcome_id, foreign.pk)],
        [Use(own.pk, foreign.pk)],
    ):
        with pytest.raises(ForeignSubject):
            add_link(reflection, by=lead, uses=uses)

    assert Evidence.objects.count() == 0


def criterion_of_any(reflection):
    return reflection.cycle.edition.modules.first().outcomes.first().criteria.first()


def test_a_refused_file_leaves_nothing_on_the_disk(reflection, lead, stranger):
    before = file_names()

    with pytest.raises(PermissionDenied):
        add_file(reflection, by=stranger)
    with pytest.raises(ForeignSubject):
        services.add_evidence(
            reflection=reflection,
            title=TITLE,
            language="cy",
            uses=[],
            checked=uploads.check(SimpleUploadedFile("a.pdf", pdf())),
            by=lead,
        )

    assert file_names() == before


def test_the_database_refuses_what_is_neither_and_what_is_both(reflection, lead):
    evidence = add_link(reflection, by=lead)

    for wrong in ({"url": ""}, {"file": "a.pdf"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.filter(pk=evidence.pk).update(**wrong)


# Submissions ----------------------------------------------------------------------------


def test_a_submission_holds_the_evidence_as_it_was(reflection, lead, officer):
    evidence = add_file(reflection, by=lead)
    criterion = criterion_of(reflection)

    submission = submit(reflection, by=lead)
    services.withdraw(reflection=reflection, by=lead)
    reflection.refresh_from_db()
    services.remove_evidence(evidence=evidence, by=lead)

    content = json.loads(submission.content)
    assert content["format"] == 3
    assert [
        outcome["evidence"]
        for module in content["modules"]
        for outcome in module["outcomes"]
    ] == [
        [
            {
                "id": evidence.pk,
                "title": TITLE,
                "language": "cy",
                "url": "",
                "file_name": "Cofnodion tŷ.pdf",
                "size": evidence.size,
                "sha256": evidence.file_hash,
                "criteria": [{"level": 1, "number": criterion.number}],
            }
        ],
        [],
        [],
    ]
    assert SubmittedEvidence.objects.get().evidence == evidence
    assert Evidence.objects.visible_to(officer).get() == evidence
    second = submit(reflection, by=lead)
    assert "Cofnodion" not in second.content


def test_submissions_without_evidence_are_still_read(client, reflection, lead):
    """As they were frozen before there was any."""
    start(reflection, by=lead)
    submission = submit(reflection, by=lead)
    content = json.loads(submission.content) | {"format": 1}
    for module in content["modules"]:
        for outcome in module["outcomes"]:
            del outcome["evidence"]
    submission.content = snapshot.canonical(content)

    assert render_report(submission, languages=("cy",)).startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["cy", "en"])
def test_the_pdf_lists_the_evidence(reflection, lead, language):
    add_file(reflection, by=lead)
    add_link(reflection, by=lead, uses=[Use(outcome_of(reflection).pk)])
    submission = submit(reflection, by=lead)

    document = render_report(submission, languages=(language,))

    text = " ".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages
    )
    text = " ".join(text.split())
    with override(language):
        words = {
            "cy": ["Tystiolaeth", "Lefel 1, maen prawf 1", "Y canlyniad cyfan"],
            "en": ["Evidence", "Level 1, criterion 1", "The outcome as a whole"],
        }[language]
    for expected in [
        *words,
        TITLE,
        "Minutes of our meeting",
        "https://example.test/minutes",
        "Cofnodion tŷ.pdf",
    ]:
        assert expected in text


def test_evidence_of_the_draft_is_what_a_submission_would_hold(reflection, lead):
    add_link(reflection, by=lead)
    removed = add_link(reflection, by=lead, title="Removed")
    services.remove_evidence(evidence=removed, by=lead)

    built = snapshot.build(sheet_of(reflection), load_by_outcome(reflection))

    assert [
        piece["title"]
        for module in built["modules"]
        for outcome in module["outcomes"]
        for piece in outcome["evidence"]
    ] == ["Minutes of our meeting"]


# Pages ----------------------------------------------------------------------------------


def posted(reflection, **changes):
    criterion = criterion_of(reflection)
    return {
        "title": "Our minutes",
        "url": "https://example.test/minutes",
        "uses": [f"criterion-{criterion.pk}"],
        "outcome": "LEVELS-1",
    } | changes


def test_adding_saves_the_page_first(client, lead, reflection):
    client.force_login(lead)
    page = reflection_url("outcome_edit", reflection, module="LEVELS", number=1)
    form = client.get(page).context["form"]
    data = {
        field.html_name: field.value()
        for field in form
        if isinstance(field.value(), str | int) or field.html_name == "operation_id"
    }

    response = client.post(
        page,
        data | {"going-well-text": "Typed before.", "add_evidence": "LEVELS-1"},
    )

    assert response.url == (
        reflection_url("evidence_add", reflection) + "?outcome=LEVELS-1"
    )
    assert reflection.answers.get(text="Typed before.").version == 1


def test_a_link_is_added_and_shown_on_the_form(client, contributor, reflection):
    client.force_login(contributor)
    criterion = criterion_of(reflection)
    add = reflection_url("evidence_add", reflection)
    page = reflection_url("outcome_edit", reflection, module="LEVELS", number=1)

    response = client.post(add, posted(reflection), follow=True)

    assert response.redirect_chain == [(f"{page}#evidence", 302)]
    shown = response.content.decode()
    assert (
        '<a href="https://example.test/minutes" rel="noopener noreferrer nofollow" '
        'lang="en">Our minutes</a>'
    ) in shown
    assert f'<a href="#criterion-{criterion.pk}">Level 1, criterion 1</a>' in shown
    assert shown.count('class="evidence-count"') == 1


def test_a_file_is_added(client, lead, reflection):
    client.force_login(lead)
    upload = SimpleUploadedFile("plan.png", picture())
    add = reflection_url("evidence_add", reflection)

    response = client.post(
        add, posted(reflection, url="", outcome="", title=TITLE, file=upload)
    )

    assert response.url == reflection_url("evidence_list", reflection)
    evidence = Evidence.objects.get()
    assert (evidence.title, evidence.language, evidence.file_name) == (
        TITLE,
        "cy",  # detected on an English page
        "plan.png",
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"title": ["Give a title."]}),
        ({"uses": []}, {"uses": ["Choose what it supports."]}),
        ({"url": ""}, {"url": ["Give a link or choose a file."]}),
        *(
            (
                {"url": url},
                {"url": ["Give an address that begins with https:// or http://."]},
            )
            for url in (
                "javascript:alert(1)",
                "data:text/html,x",
                "file:///etc/passwd",
                "ftp://example.test/",
                "not an address",
            )
        ),
        (
            {"url": "https://me:secret@example.test/"},
            {"url": ["Give the address without a name or password in it."]},
        ),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    client, lead, reflection, changes, errors
):
    client.force_login(lead)
    data = posted(reflection, **changes)

    response = client.post(reflection_url("evidence_add", reflection), data)

    form = response.context["form"]
    assert (response.status_code, form.errors) == (422, errors)
    assert form["title"].value() == data["title"]
    assert form["uses"].value() == data["uses"]
    assert Evidence.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("page.html", "kind"),
        ("page.pdf", "disagrees"),
        ("macros.docx", "active"),
        ("empty.pdf", "empty"),
        ("a byte more.png", "size"),
        ("program.pdf", "disagrees"),
    ],
)
def test_a_bad_file_is_refused_kindly(client, lead, reflection, name, reason):
    client.force_login(lead)
    before = file_names()
    upload = SimpleUploadedFile(name, BAD[name, reason]())
    data = posted(reflection, url="", file=upload)

    response = client.post(reflection_url("evidence_add", reflection), data)

    form = response.context["form"]
    assert form.errors == {"file": [str(uploads.REFUSALS[reason])]}
    assert form["title"].value() == data["title"]
    assert form["uses"].value() == data["uses"]
    assert (Evidence.objects.count(), file_names()) == (0, before)


def test_a_file_has_to_be_chosen_again_where_something_else_is_missing(
    client, lead, reflection
):
    client.force_login(lead)
    upload = SimpleUploadedFile("plan.png", picture())

    response = client.post(
        reflection_url("evidence_add", reflection),
        posted(reflection, url="", title="", file=upload),
    )

    assert response.context["form"].errors == {
        "title": ["Give a title."],
        "file": ["Choose the file again."],
    }


def test_a_link_and_a_file_are_two_pieces(client, lead, reflection):
    client.force_login(lead)
    upload = SimpleUploadedFile("plan.png", picture())

    response = client.post(
        reflection_url("evidence_add", reflection), posted(reflection, file=upload)
    )

    assert response.context["form"].errors == {
        "url": ["Give a link or a file, not both."]
    }


def test_changing_taking_out_and_undoing(client, lead, reflection):
    evidence = add_link(reflection, by=lead)
    client.force_login(lead)
    here = reflection_url("evidence_list", reflection)
    other = criterion_of(reflection, outcome=2)

    changed = client.post(
        url_of("evidence_edit", evidence),
        {"title": "A better title", "language": "", "uses": [f"criterion-{other.pk}"]},
    )
    removed = client.post(url_of("evidence_remove", evidence), follow=True)

    assert changed.url == here
    assert removed.redirect_chain == [(f"{here}?removed={evidence.pk}", 302)]
    assert uses_of(evidence) == {(other.outcome_id, other.pk)}
    assert removed.context["removed"].title == "A better title"
    assert removed.context["pieces"] == []
    restored = client.post(url_of("evidence_restore", evidence), follow=True)
    assert [piece.evidence for piece in restored.context["pieces"]] == [evidence]


def test_what_only_takes_what_is_sent_leads_back(client, lead, reflection):
    evidence = add_link(reflection, by=lead)
    client.force_login(lead)

    for name in ("evidence_remove", "evidence_restore"):
        response = client.get(url_of(name, evidence))
        assert response.url == reflection_url("evidence_list", reflection)

    assert Evidence.objects.in_use().count() == 1


def test_too_late_is_said(client, lead, reflection):
    evidence = add_link(reflection, by=lead)
    submit(reflection, by=lead)
    client.force_login(lead)
    here = reflection_url("evidence_list", reflection)

    responses = [
        client.post(reflection_url("evidence_add", reflection), posted(reflection)),
        client.post(url_of("evidence_edit", evidence), posted(reflection)),
        client.post(url_of("evidence_remove", evidence)),
        client.post(url_of("evidence_restore", evidence)),
    ]

    assert [response.url for response in responses] == [here] * 4
    assert "can no longer be changed" in client.get(here).content.decode()
    assert Evidence.objects.in_use().get() == evidence


def test_evidence_of_another_cluster_is_not_reached_through_ones_own(
    client, lead, stranger, reflection, other_cluster
):
    theirs = SelfReflectionFactory(cycle=reflection.cycle, cluster=other_cluster)
    evidence = add_link(theirs, by=stranger)
    client.force_login(lead)

    statuses = [
        client.post(reflection_url(name, reflection, evidence=evidence.pk)).status_code
        for name in ("evidence_edit", "evidence_remove", "evidence_restore")
    ]

    assert statuses == [404, 404, 404]


# The file -------------------------------------------------------------------------------


def test_the_file_is_given_to_keep_and_never_shown(client, lead, reflection):
    content = pdf()
    evidence = add_file(reflection, by=lead, content=content)
    client.force_login(lead)

    response = client.get(url_of("evidence_file", evidence))

    assert b"".join(response.streaming_content) == content
    assert {
        name: response[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    } == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''Cofnodion%20t%C5%B7.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store, max-age=0, no-cache, must-revalidate",
    }


@pytest.mark.parametrize(
    ("who", "draft", "submitted"),
    [
        ("lead", 200, 200),
        ("contributor", 200, 200),
        ("stranger", 404, 404),
        ("officer", 404, 200),
        ("other_officer", 404, 404),
        ("national", 404, 200),
        ("administrator", 404, 404),
        ("superuser", 404, 404),
    ],
)
def test_who_opens_a_file(client, lead, reflection, request, who, draft, submitted):
    evidence = add_file(reflection, by=lead)
    address = url_of("evidence_file", evidence)
    client.force_login(request.getfixturevalue(who))

    before = client.get(address)
    submit(SelfReflection.objects.get(pk=reflection.pk), by=lead)
    after = client.get(address)

    assert (before.status_code, after.status_code) == (draft, submitted)
    for response in (before, after):
        response.close()


def test_nobody_signed_in_is_asked_to(client, lead, reflection):
    evidence = add_file(reflection, by=lead)

    response = client.get(url_of("evidence_file", evidence))

    assert response.url.startswith(reverse("sign_in"))


def test_a_file_that_is_gone_is_not_found(client, lead, reflection):
    evidence = add_file(reflection, by=lead)
    evidence.file.storage.delete(evidence.file.name)
    client.force_login(lead)

    assert client.get(url_of("evidence_file", evidence)).status_code == 404


def test_a_link_has_no_file(client, lead, reflection):
    evidence = add_link(reflection, by=lead)
    client.force_login(lead)

    assert client.get(url_of("evidence_file", evidence)).status_code == 404


# Queries --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list(
    client, lead, reflection, django_assert_num_queries, count
):
    for number in range(count):
        add_link(reflection, by=lead, title=f"Piece {number}")
    client.force_login(lead)
    client.get(reflection_url("evidence_list", reflection))

    with django_assert_num_queries(6):
        client.get(reflection_url("evidence_list", reflection))

    assert EvidenceUse.objects.count() == count


def test_what_is_read_shows_the_evidence_in_its_language(client, lead, reflection):
    evidence = add_file(reflection, by=lead)
    submission = submit(reflection, by=lead)
    client.force_login(lead)

    for page in (
        reflection_url("draft_detail", reflection),
        reflection_url("submission_detail", reflection, number=submission.number),
    ):
        shown = client.get(page).content.decode()
        assert (
            f'<a href="{url_of("evidence_file", evidence)}" lang="cy">{TITLE}</a>'
            in shown
        )


def test_hostile_titles_and_names_are_shown_as_letters(client, lead, reflection):
    add_link(reflection, by=lead, title="<script>alert(1)</script>")
    client.force_login(lead)

    for page in (
        reflection_url("evidence_list", reflection),
        reflection_url("outcome_edit", reflection, module="LEVELS", number=1),
        reflection_url("draft_detail", reflection),
    ):
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
