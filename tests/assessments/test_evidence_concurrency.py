"""Evidence, worksheets and submitting at the same time, each with a connection of its own."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from assessments import services
from assessments.models import Evidence, SubmittedEvidence, WorksheetUpload
from assessments.worksheets.comparing import compare
from assessments.worksheets.reading import Filled, Reading
from organisations.models import AuditEvent
from tests.assessments.test_concurrency import at_once, fresh, person
from tests.steps import add_link, sheet_of, start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("round_", range(5))
def test_what_is_added_in_time_is_in_the_submission_and_the_rest_is_refused(
    reflection, lead, round_
):
    start(reflection, by=lead)

    def add(number):
        def work():
            try:
                return add_link(fresh(reflection), by=person(lead), title=f"{number}")
            except PermissionDenied:
                return None

        return work

    *added, submission = at_once(
        *(add(number) for number in range(4)),
        lambda: services.submit(
            reflection=fresh(reflection), by=person(lead), incomplete_confirmed=True
        ),
    )

    held = {
        piece["id"]
        for module in json.loads(submission.content)["modules"]
        for outcome in module["outcomes"]
        for piece in outcome["evidence"]
    }
    in_time = {evidence.pk for evidence in added if evidence}
    assert held == in_time
    assert set(Evidence.objects.values_list("pk", flat=True)) == in_time
    assert set(SubmittedEvidence.objects.values_list("evidence", flat=True)) == in_time


def test_the_same_link_sent_twice_at_once_is_one(reflection, lead):
    def press():
        return add_link(fresh(reflection), by=person(lead)).pk

    assert len(set(at_once(*[press] * 4))) == 1
    assert Evidence.objects.count() == 1


def test_the_last_place_is_taken_once(reflection, lead, monkeypatch):
    monkeypatch.setattr("assessments.services.evidence.MOST_EVIDENCE", 1)

    def add(number):
        def work():
            try:
                return add_link(fresh(reflection), by=person(lead), title=f"{number}")
            except services.TooMuchEvidence:
                return None

        return work

    added = at_once(*(add(number) for number in range(4)))

    assert [each for each in added if each] == [Evidence.objects.get()]


def test_a_worksheet_applied_twice_at_once_is_applied_once(reflection, lead):
    reading = Reading([Filled("LEVELS-1-going_well", 0, text="Gair.")])
    upload = services.keep_worksheet(
        reflection=reflection, file_name="a.xlsx", reading=reading, by=lead
    )
    changes = compare(reading.filled, sheet_of(reflection)).changes

    def press():
        services.apply_worksheet(
            upload=WorksheetUpload.objects.get(pk=upload.pk),
            changes=changes,
            versions={"LEVELS-1-going_well": 0},
            language="cy",
            by=person(lead),
        )

    at_once(*[press] * 4)

    kinds = AuditEvent.objects.filter(
        subject_type="assessments.worksheetupload", subject_id=str(upload.pk)
    )
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == [
        "added",
        "changed",
    ]
