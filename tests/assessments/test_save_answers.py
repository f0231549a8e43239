"""Saving answers: nothing typed is lost, and nobody's answer is written over."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessments import services
from assessments.models import Answer, AnswerVersion, CriterionChoice, Question
from assessments.services import Conflict, Saved
from assessments.subjects import Subject
from organisations.models import AuditEvent, Role
from tests.factories import SelfReflectionFactory
from tests.steps import (
    State,
    bring_to,
    content_of,
    criterion_subject,
    entry,
    history,
    save,
    stored,
    submit,
    words_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(reflection):
    return words_of(reflection)


@pytest.fixture
def other_words(reflection):
    return words_of(reflection, number=2)


# Saving -------------------------------------------------------------------------------


def test_a_first_save_makes_version_one(reflection, lead, words):
    saved = save(reflection, entry(words, "Mae'n mynd yn dda."), by=lead, language="cy")

    assert saved == Saved(versions={words: 1}, changed=[words])
    assert content_of(stored(reflection, words)) == (
        *("", "Mae'n mynd yn dda.", None),
        *("cy", 1),
    )
    assert history(reflection, words) == [(1, 0, "", "Mae'n mynd yn dda.", lead)]


def test_a_choice_a_text_and_a_date_are_one_answer(reflection, contributor):
    criterion = criterion_subject(reflection)
    held_on = Subject(question=Question.HELD_ON)
    day = datetime.date(2030, 11, 5)

    saved = save(
        reflection,
        entry(criterion, "Oherwydd …", choice=CriterionChoice.NOT_APPLICABLE),
        entry(held_on, dated_on=day),
        by=contributor,
        language="cy",
    )

    assert saved == Saved(
        versions={criterion: 1, held_on: 1}, changed=[criterion, held_on]
    )
    assert content_of(stored(reflection, criterion)) == (
        *("not_applicable", "Oherwydd …", None),
        *("cy", 1),
    )
    assert content_of(stored(reflection, held_on)) == ("", "", day, "", 1)


def test_each_change_makes_the_next_version(reflection, lead, contributor, words):
    save(reflection, entry(words, "One."), by=lead)
    save(reflection, entry(words, "Two.", base=1), by=contributor)
    saved = save(reflection, entry(words, "Three.", base=2), by=lead)

    assert saved == Saved(versions={words: 3}, changed=[words])
    assert history(reflection, words) == [
        (1, 0, "", "One.", lead),
        (2, 1, "", "Two.", contributor),
        (3, 2, "", "Three.", lead),
    ]


def test_an_unchanged_answer_writes_nothing(reflection, lead, words):
    save(reflection, entry(words, "The same."), by=lead)
    audited = AuditEvent.objects.count()

    saved = save(reflection, entry(words, "The same.", base=1), by=lead)

    assert saved == Saved(versions={words: 1})
    assert history(reflection, words) == [(1, 0, "", "The same.", lead)]
    assert AuditEvent.objects.count() == audited


def test_an_empty_page_writes_nothing(reflection, lead, words, other_words):
    saved = save(reflection, entry(words), entry(other_words), by=lead)

    reflection.refresh_from_db()
    assert saved == Saved(versions={words: 0, other_words: 0})
    assert (Answer.objects.count(), AuditEvent.objects.count()) == (0, 0)
    assert reflection.state == State.NOT_STARTED


def test_saving_one_answer_does_not_rewrite_another(
    reflection, lead, words, other_words
):
    save(reflection, entry(words, "One."), entry(other_words, "Other."), by=lead)

    save(
        reflection,
        entry(words, "Two.", base=1),
        entry(other_words, "Other.", base=1),
        by=lead,
    )

    assert history(reflection, other_words) == [(1, 0, "", "Other.", lead)]


def test_clearing_empties_the_answer_and_keeps_its_history(reflection, lead, words):
    save(reflection, entry(words, "Too much."), by=lead, language="cy")

    saved = save(reflection, entry(words, base=1), by=lead, language="en")

    assert saved == Saved(versions={words: 2}, changed=[words])
    assert content_of(stored(reflection, words)) == ("", "", None, "", 2)
    assert history(reflection, words) == [
        (1, 0, "", "Too much.", lead),
        (2, 1, "", "", lead),
    ]


def test_a_cleared_answer_is_written_again_as_the_next_version(reflection, lead, words):
    save(reflection, entry(words, "Once."), by=lead)
    save(reflection, entry(words, base=1), by=lead)

    saved = save(reflection, entry(words, "Again.", base=2), by=lead)

    assert saved == Saved(versions={words: 3}, changed=[words])


def test_hostile_text_is_kept_letter_for_letter(reflection, lead, words):
    text = "  Tŷ, ŵyr & <b>\"'`{{ x }}</b>\n\n\t∑ 😀 \u202e‮ ' OR 1=1 --  "

    save(reflection, entry(words, text), by=lead)

    assert stored(reflection, words).text == text


# The language of a text ---------------------------------------------------------------


def test_a_text_is_in_the_language_of_its_last_change(reflection, lead, words):
    save(reflection, entry(words, "Da."), by=lead, language="cy")

    save(reflection, entry(words, "Good.", base=1), by=lead, language="en")

    assert content_of(stored(reflection, words)) == ("", "Good.", None, "en", 2)


def test_a_text_that_stays_keeps_its_language(reflection, lead):
    criterion = criterion_subject(reflection)
    save(
        reflection,
        entry(criterion, "Da.", choice=CriterionChoice.MET),
        by=lead,
        language="cy",
    )

    changed = entry(criterion, "Da.", base=1, choice=CriterionChoice.PARTLY_MET)
    save(reflection, changed, by=lead, language="en")

    answer = stored(reflection, criterion)
    assert content_of(answer) == ("partly_met", "Da.", None, "cy", 2)
    assert list(answer.versions.values_list("version", "language")) == [
        (1, "cy"),
        (2, "cy"),
    ]


def test_a_choice_alone_is_in_no_language(reflection, lead):
    criterion = criterion_subject(reflection)

    save(reflection, entry(criterion, choice=CriterionChoice.MET), by=lead)

    assert content_of(stored(reflection, criterion)) == ("met", "", None, "", 1)


# Two people ---------------------------------------------------------------------------


def test_a_stale_answer_is_refused_and_both_texts_are_kept(
    reflection, lead, contributor, words
):
    save(reflection, entry(words, "First."), by=lead)
    save(reflection, entry(words, "Theirs.", base=1), by=contributor)
    mine = entry(words, "Mine.", base=1)

    saved = save(reflection, mine, by=lead)

    answer = stored(reflection, words)
    theirs = answer.versions.get(version=2)
    assert saved == Saved(
        versions={words: 2},
        conflicts=[
            Conflict(
                entry=mine, theirs=answer, changed_by=contributor, changed_at=theirs.at
            )
        ],
    )
    assert answer.text == "Theirs."
    assert history(reflection, words) == [
        (1, 0, "", "First.", lead),
        (2, 1, "", "Theirs.", contributor),
        (None, 1, "stale", "Mine.", lead),
    ]


def test_two_first_answers_are_a_conflict_too(reflection, lead, contributor, words):
    save(reflection, entry(words, "Theirs."), by=contributor)

    saved = save(reflection, entry(words, "Mine."), by=lead)

    assert [conflict.entry.text for conflict in saved.conflicts] == ["Mine."]
    assert history(reflection, words) == [
        (1, 0, "", "Theirs.", contributor),
        (None, 0, "stale", "Mine.", lead),
    ]


def test_two_tabs_of_one_person_are_two_people(reflection, lead, words):
    save(reflection, entry(words, "In one tab."), by=lead)

    saved = save(reflection, entry(words, "In the other."), by=lead)

    assert [conflict.changed_by for conflict in saved.conflicts] == [lead]
    assert stored(reflection, words).text == "In one tab."


@pytest.mark.parametrize("base", [2, 3, 99])
def test_a_version_that_was_never_given_is_stale(reflection, lead, words, base):
    save(reflection, entry(words, "Kept."), by=lead)

    saved = save(reflection, entry(words, "Made up.", base=base), by=lead)

    assert len(saved.conflicts) == 1
    assert stored(reflection, words).text == "Kept."


def test_the_same_text_from_two_people_is_no_conflict(
    reflection, lead, contributor, words
):
    save(reflection, entry(words, "The same."), by=contributor)

    saved = save(reflection, entry(words, "The same."), by=lead)

    assert saved == Saved(versions={words: 1})


def test_after_a_conflict_mine_can_be_kept(reflection, lead, contributor, words):
    save(reflection, entry(words, "Theirs."), by=contributor)
    refused = save(reflection, entry(words, "Mine."), by=lead)

    saved = save(
        reflection, entry(words, "Mine.", base=refused.versions[words]), by=lead
    )

    assert saved == Saved(versions={words: 2}, changed=[words])
    assert history(reflection, words) == [
        (1, 0, "", "Theirs.", contributor),
        (None, 0, "stale", "Mine.", lead),
        (2, 1, "", "Mine.", lead),
    ]


def test_a_page_stores_its_fresh_answers_beside_a_stale_one(
    reflection, lead, contributor, words, other_words
):
    save(reflection, entry(words, "Theirs."), by=contributor)

    saved = save(reflection, entry(words, "Mine."), entry(other_words, "New."), by=lead)

    reflection.refresh_from_db()
    assert (saved.versions, saved.changed) == (
        {words: 1, other_words: 1},
        [other_words],
    )
    assert [conflict.entry.subject for conflict in saved.conflicts] == [words]
    assert stored(reflection, other_words).text == "New."


def test_an_old_page_leaves_an_answer_it_did_not_touch(
    reflection, lead, contributor, words, other_words
):
    save(reflection, entry(words, "Old."), by=lead)
    save(reflection, entry(words, "Theirs.", base=1), by=contributor)

    saved = save(
        reflection, entry(words, "Old.", base=1), entry(other_words, "New."), by=lead
    )

    assert saved.changed == [other_words]
    assert saved.conflicts == []
    assert history(reflection, words) == [
        (1, 0, "", "Old.", lead),
        (2, 1, "", "Theirs.", contributor),
    ]


def test_an_empty_field_of_an_old_page_leaves_what_was_written_since(
    reflection, lead, contributor, words
):
    save(reflection, entry(words, "Theirs."), by=contributor)

    saved = save(reflection, entry(words), by=lead)

    assert (saved.changed, saved.conflicts) == ([], [])
    assert stored(reflection, words).text == "Theirs."


def test_an_old_page_sent_twice_never_takes_an_untouched_answer_back(
    reflection, lead, contributor, words
):
    """The page is shown again with the versions that the save gives: also for this answer."""
    save(reflection, entry(words, "Old."), by=lead)
    save(reflection, entry(words, "Theirs.", base=1), by=contributor)
    first = save(reflection, entry(words, "Old.", base=1), by=lead)

    second = save(reflection, entry(words, "Old.", base=first.versions[words]), by=lead)

    assert (second.changed, second.conflicts) == ([], [])
    assert stored(reflection, words).text == "Theirs."


# The same page sent twice -------------------------------------------------------------


def test_the_same_operation_twice_is_one_version(reflection, lead, words):
    operation_id = uuid.uuid4()
    first = save(reflection, entry(words, "Once."), by=lead, operation_id=operation_id)

    second = save(reflection, entry(words, "Once."), by=lead, operation_id=operation_id)

    assert first == Saved(versions={words: 1}, changed=[words])
    assert second == Saved(versions={words: 1})
    assert history(reflection, words) == [(1, 0, "", "Once.", lead)]


def test_an_operation_repeated_after_another_change_writes_nothing(
    reflection, lead, contributor, words
):
    operation_id = uuid.uuid4()
    save(reflection, entry(words, "Mine."), by=lead, operation_id=operation_id)
    save(reflection, entry(words, "Theirs.", base=1), by=contributor)

    saved = save(reflection, entry(words, "Mine."), by=lead, operation_id=operation_id)

    assert (saved.changed, saved.conflicts) == ([], [])
    assert history(reflection, words) == [
        (1, 0, "", "Mine.", lead),
        (2, 1, "", "Theirs.", contributor),
    ]


def test_what_follows_a_repeated_operation_is_not_written_over_another(
    reflection, lead, contributor, words
):
    """The reply to the first save was lost: the page goes on from the version it made."""
    operation_id = uuid.uuid4()
    save(reflection, entry(words, "Mine."), by=lead, operation_id=operation_id)
    save(reflection, entry(words, "Theirs.", base=1), by=contributor)
    repeated = save(
        reflection, entry(words, "Mine."), by=lead, operation_id=operation_id
    )

    saved = save(
        reflection,
        entry(words, "Mine, and more.", base=repeated.versions[words]),
        by=lead,
    )

    assert repeated.versions == {words: 1}
    assert len(saved.conflicts) == 1
    assert stored(reflection, words).text == "Theirs."


def test_the_same_operation_with_other_content_is_another(reflection, lead, words):
    """A page gone back to in the browser, changed, and sent again."""
    operation_id = uuid.uuid4()
    save(reflection, entry(words, "One."), by=lead, operation_id=operation_id)

    saved = save(
        reflection, entry(words, "Two.", base=1), by=lead, operation_id=operation_id
    )

    assert saved == Saved(versions={words: 2}, changed=[words])
    assert history(reflection, words) == [
        (1, 0, "", "One.", lead),
        (2, 1, "", "Two.", lead),
    ]


def test_one_operation_saves_every_answer_of_its_page(
    reflection, lead, words, other_words
):
    operation_id = uuid.uuid4()

    saved = save(
        reflection,
        entry(words, "One."),
        entry(other_words, "Other."),
        by=lead,
        operation_id=operation_id,
    )

    assert saved.changed == [words, other_words]
    assert set(AnswerVersion.objects.values_list("operation_id", flat=True)) == {
        operation_id
    }


def test_a_refused_operation_repeated_is_refused_again_and_kept_once(
    reflection, lead, contributor, words
):
    save(reflection, entry(words, "Theirs."), by=contributor)
    operation_id = uuid.uuid4()
    first = save(reflection, entry(words, "Mine."), by=lead, operation_id=operation_id)

    second = save(reflection, entry(words, "Mine."), by=lead, operation_id=operation_id)

    assert second == first
    assert len(second.conflicts) == 1
    assert history(reflection, words) == [
        (1, 0, "", "Theirs.", contributor),
        (None, 0, "stale", "Mine.", lead),
    ]


# Too late -----------------------------------------------------------------------------


def after_the_closing_hour(reflection, **people):
    reflection.cycle.closes_at = timezone.now() - datetime.timedelta(seconds=1)
    reflection.cycle.save()


def by_bringing_to(state):
    def make_late(reflection, **people):
        bring_to(state, reflection, **people)

    make_late.__name__ = state
    return make_late


@pytest.mark.parametrize(
    "make_late",
    [
        after_the_closing_hour,
        by_bringing_to(State.SUBMITTED),
        by_bringing_to(State.IN_REVIEW),
        by_bringing_to(State.AGREED),
        by_bringing_to(State.CLOSED),
    ],
)
def test_late_text_is_kept_as_refused(
    reflection, lead, officer, national, other_words, make_late
):
    make_late(reflection, lead=lead, officer=officer, national=national)
    late = entry(other_words, "Too late.")

    saved = save(reflection, late, by=lead)

    assert saved == Saved(versions={other_words: 0}, closed=[late])
    assert content_of(stored(reflection, other_words)) == ("", "", None, "", 0)
    assert history(reflection, other_words) == [(None, 0, "closed", "Too late.", lead)]


def test_late_text_leaves_the_stored_answer(reflection, lead, words):
    save(reflection, entry(words, "In time."), by=lead)
    submit(reflection, by=lead)

    save(reflection, entry(words, "Too late.", base=1), by=lead)

    assert content_of(stored(reflection, words)) == ("", "In time.", None, "en", 1)


def test_late_text_sent_twice_is_kept_once(reflection, lead, words):
    submit_operation = uuid.uuid4()
    after_the_closing_hour(reflection)
    save(reflection, entry(words, "Late."), by=lead, operation_id=submit_operation)

    saved = save(
        reflection, entry(words, "Late."), by=lead, operation_id=submit_operation
    )

    assert [late.text for late in saved.closed] == ["Late."]
    assert history(reflection, words) == [(None, 0, "closed", "Late.", lead)]


def test_an_unchanged_page_sent_late_is_no_late_text(reflection, lead, words):
    save(reflection, entry(words, "In time."), by=lead)
    submit(reflection, by=lead)

    saved = save(reflection, entry(words, "In time.", base=1), by=lead)

    assert saved == Saved(versions={words: 1})


def test_late_text_does_not_begin_a_self_reflection(reflection, lead, words):
    after_the_closing_hour(reflection)

    save(reflection, entry(words, "Too late."), by=lead)

    reflection.refresh_from_db()
    assert reflection.state == State.NOT_STARTED
    assert AuditEvent.objects.count() == 0


def test_text_before_the_opening_hour_is_kept_as_refused(reflection, lead, words):
    reflection.cycle.opens_at = timezone.now() + datetime.timedelta(hours=1)
    reflection.cycle.save()

    saved = save(reflection, entry(words, "Too early."), by=lead)

    assert [early.text for early in saved.closed] == ["Too early."]


# Who, and what is written down --------------------------------------------------------


def test_the_first_save_begins_the_self_reflection(reflection, lead, words):
    save(reflection, entry(words, "A beginning."), by=lead)

    reflection.refresh_from_db()
    assert reflection.state == State.DRAFT
    assert list(
        reflection.state_changes.values_list("kind", "from_state", "to_state", "by")
    ) == [("started", "not_started", "draft", lead.pk)]


def test_later_saves_change_no_state(reflection, lead, words):
    save(reflection, entry(words, "One."), by=lead)

    save(reflection, entry(words, "Two.", base=1), by=lead)

    assert reflection.state_changes.count() == 1


def test_a_save_is_audited_without_its_text(reflection, lead, words):
    save(reflection, entry(words, "Nobody else's business."), by=lead)

    assert list(
        AuditEvent.objects.order_by("pk").values_list(
            "kind", "by", "subject_type", "subject_id", "details"
        )
    ) == [
        (
            *(
                "state_changed",
                lead.pk,
                "assessments.selfreflection",
                str(reflection.pk),
            ),
            {"kind": "started", "from_state": "not_started", "to_state": "draft"},
        ),
        (
            *(
                "answers_saved",
                lead.pk,
                "assessments.selfreflection",
                str(reflection.pk),
            ),
            {"versions": {"going-well": 1}},
        ),
    ]


@pytest.mark.parametrize(
    "actor",
    [
        "stranger",
        "officer",
        "other_officer",
        "national",
        "administrator",
        "superuser",
    ],
)
def test_only_the_cluster_saves(request, reflection, words, actor):
    person = request.getfixturevalue(actor)

    with pytest.raises(PermissionDenied):
        save(reflection, entry(words, "Not mine to say."), by=person)

    assert Answer.objects.count() == AnswerVersion.objects.count() == 0


def test_a_superuser_who_works_in_the_cluster_saves_as_one_of_it(
    reflection, lead, words
):
    lead.is_superuser = True
    lead.save()

    saved = save(reflection, entry(words, "As the lead."), by=lead)

    assert saved == Saved(versions={words: 1}, changed=[words])


def test_a_deactivated_lead_is_refused(reflection, lead, words):
    lead.is_active = False
    lead.save()

    with pytest.raises(PermissionDenied):
        save(reflection, entry(words, "Gone."), by=lead)

    assert AnswerVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("starts", "ends", "may_save"),
    [(0, 0, True), (-9, 0, True), (-9, None, True), (-9, -1, False), (1, None, False)],
)
def test_a_membership_holds_from_its_first_day_to_its_last(
    reflection, lead, words, starts, ends, may_save
):
    today = timezone.localdate()
    lead.memberships.update(
        starts_on=today + datetime.timedelta(days=starts),
        ends_on=None if ends is None else today + datetime.timedelta(days=ends),
    )

    try:
        save(reflection, entry(words, "Still here?"), by=lead)
    except PermissionDenied:
        saved = False
    else:
        saved = True

    assert saved is may_save


def test_the_same_cluster_in_another_cycle_is_left_alone(reflection, lead, words):
    other = SelfReflectionFactory(cluster=reflection.cluster)
    save(reflection, entry(words, "This cycle."), by=lead)

    other.refresh_from_db()

    assert (other.state, other.answers.count()) == (State.NOT_STARTED, 0)


def test_a_refused_page_leaves_no_half(reflection, lead, words, other_words):
    """One transaction: where the last entry cannot be stored, nor is the first."""
    spoiled = entry(Subject(question="another"), "Nowhere.")

    with pytest.raises(Exception, match=r"answer_(has|choice)"):
        save(reflection, entry(words, "First."), spoiled, by=lead)

    assert Answer.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_an_unchanged_page(
    reflection, lead, count, django_assert_num_queries
):
    subjects = [criterion_subject(reflection, level=level) for level in (1, 2, 3)]
    met = CriterionChoice.MET
    save(reflection, *(entry(subject, choice=met) for subject in subjects), by=lead)
    page = [entry(subject, choice=met, base=1) for subject in subjects[:count]]
    person = type(lead).objects.get(pk=lead.pk)

    # Savepoint and its end, lock, memberships, answers, base versions, operations.
    with django_assert_num_queries(7):
        save(reflection, *page, by=person)


@pytest.mark.parametrize(("count", "queries"), [(1, 10), (3, 14)])
def test_the_queries_of_a_changed_page(
    reflection, lead, count, queries, django_assert_num_queries
):
    subjects = [criterion_subject(reflection, level=level) for level in (1, 2, 3)]
    met = CriterionChoice.MET
    save(reflection, *(entry(subject, choice=met) for subject in subjects), by=lead)
    page = [entry(subject, "Why.", choice=met, base=1) for subject in subjects[:count]]
    person = type(lead).objects.get(pk=lead.pk)

    # As above, the audit, and two an answer: itself and its history.
    with django_assert_num_queries(queries):
        save(reflection, *page, by=person)


def test_what_was_refused_is_taken_when_the_same_operation_comes_in_time(
    reflection, lead, officer
):
    """A page sent after the closing hour, and sent again after an extension."""
    subject, operation = words_of(reflection), uuid.uuid4()
    save(reflection, entry(subject, "Before."), by=lead)
    with time_machine.travel(reflection.cycle.closes_at, tick=False):
        late = save(
            reflection,
            entry(subject, "Late.", base=1),
            by=lead,
            operation_id=operation,
        )
        services.grant_extension(
            reflection=reflection,
            closes_at=reflection.cycle.closes_at + datetime.timedelta(days=1),
            reason="Snow.",
            language="en",
            by=officer,
        )
        saved = save(
            reflection,
            entry(subject, "Late.", base=1),
            by=lead,
            operation_id=operation,
        )

    assert [entry.text for entry in late.closed] == ["Late."]
    assert saved.versions == {subject: 2}
    assert content_of(stored(reflection, subject))[1:] == ("Late.", None, "en", 2)
    assert history(reflection, subject) == [
        (1, 0, "", "Before.", lead),
        (None, 1, "closed", "Late.", lead),
        (2, 1, "", "Late.", lead),
    ]


def test_whoever_was_removed_meanwhile_saves_nothing(reflection, contributor):
    assert contributor.cluster_ids(Role.CONTRIBUTOR), "read before the lock"
    contributor.memberships.update(ended_at=timezone.now())

    with pytest.raises(PermissionDenied):
        save(reflection, entry(words_of(reflection), "Mine."), by=contributor)
