"""What people do to a self-reflection, a line each, for the beginnings of tests."""

import datetime
import uuid

from django.utils import timezone

from assessments import services
from assessments.models import (
    Answer,
    CriterionChoice,
    FactorChoice,
    MethodChoice,
    Profession,
    Question,
    SelfReflection,
    SignsChoice,
)
from assessments.selectors import load_sheet
from assessments.services import people
from assessments.subjects import Subject
from frameworks.correcting import correct
from frameworks.models import Criterion, EnablingFactor, Outcome
from frameworks.texts import FrameworkText

State = SelfReflection.State
KNOWN = "a-known-token"


def criterion_of(reflection, *, module="LEVELS", outcome=1, level=1):
    return Criterion.objects.get(
        outcome__module__edition=reflection.cycle.edition,
        outcome__module__code=module,
        outcome__number=outcome,
        level=level,
    )


def outcome_of(reflection, *, module="LEVELS", number=1):
    return Outcome.objects.get(
        module__edition=reflection.cycle.edition, module__code=module, number=number
    )


def criterion_subject(reflection, **which):
    return Subject(criterion_id=criterion_of(reflection, **which).pk)


def question_subject(reflection, question, **which):
    return Subject(outcome_id=outcome_of(reflection, **which).pk, question=question)


def words_of(reflection, **which):
    """A subject that is answered in words: what goes well in an outcome."""
    return question_subject(reflection, Question.GOING_WELL, **which)


def entry(subject, text="", *, base=0, choice="", dated_on=None):
    return services.Entry(
        subject=subject, base_version=base, choice=choice, text=text, dated_on=dated_on
    )


def save(reflection, *entries, by, language="en", operation_id=None):
    return services.save_answers(
        reflection=reflection,
        entries=list(entries),
        language=language,
        operation_id=operation_id or uuid.uuid4(),
        by=by,
    )


def answer_all(reflection, *, by):
    """Answer everything that a complete self-reflection needs: level 1 met, 2 partly."""
    edition = reflection.cycle.edition
    met = {1: CriterionChoice.MET, 2: CriterionChoice.PARTLY_MET}
    entries = [
        entry(
            Subject(criterion_id=criterion.pk),
            choice=met.get(criterion.level, CriterionChoice.NOT_YET_MET)
            if criterion.level
            else SignsChoice.SOME,
        )
        for criterion in Criterion.objects.filter(outcome__module__edition=edition)
    ]
    entries += [
        entry(Subject(outcome_id=outcome.pk, question=Question.OWN_LEVEL), choice="1")
        for outcome in Outcome.objects.filter(
            module__edition=edition, module__uses_levels=True
        )
    ]
    entries += [
        entry(Subject(enabling_factor_id=factor.pk), choice=FactorChoice.HELPS)
        for factor in EnablingFactor.objects.filter(edition=edition)
    ]
    entries += [
        entry(
            Subject(question=Question.PARTICIPANTS), choice=Profession.GENERAL_PRACTICE
        ),
        entry(Subject(question=Question.METHOD), choice=MethodChoice.LEAD_ALONE),
        entry(Subject(question=Question.HELD_ON), dated_on=datetime.date(2030, 11, 5)),
    ]
    saved = save(reflection, *entries, by=by)
    reflection.refresh_from_db()
    return saved


def start(reflection, *, by):
    """One answer, which makes it a draft."""
    save(reflection, entry(words_of(reflection), "A beginning."), by=by)
    reflection.refresh_from_db()


def submit(reflection, *, by):
    submission = services.submit(
        reflection=reflection, by=by, incomplete_confirmed=True
    )
    reflection.refresh_from_db()
    return submission


def bring_to(state, reflection, *, lead, officer, national):
    """Take a self-reflection that was not started to ``state``, by the usual way."""
    if state != State.NOT_STARTED:
        start(reflection, by=lead)
    if state not in {State.NOT_STARTED, State.DRAFT}:
        submit(reflection, by=lead)
    if state in {State.IN_REVIEW, State.AGREED, State.CLOSED}:
        services.begin_review(reflection=reflection, by=officer)
    if state in {State.AGREED, State.CLOSED}:
        services.record_agreement(reflection=reflection, by=officer, levels={})
    if state == State.CLOSED:
        services.close_cycle(cycle=reflection.cycle, by=national)
        reflection.cycle.refresh_from_db()
    reflection.refresh_from_db()


def invite(cluster, *, by, email="invited@example.test", known=KNOWN, **said):
    """An invitation that waits; its link holds the token ``known``."""
    invitation = people.invite(cluster=cluster, by=by, email=email, **said)
    invitation.secret_hash = people.hash_of(known)
    invitation.save()
    return invitation


def add_link(reflection, *, by, title="Minutes of our meeting", uses=None, **said):
    """A link that supports the first criterion, unless ``uses`` says otherwise."""
    if uses is None:
        criterion = criterion_of(reflection)
        uses = [services.Use(criterion.outcome_id, criterion.pk)]
    evidence = services.add_evidence(
        reflection=reflection,
        title=title,
        uses=uses,
        by=by,
        **({"url": "https://example.test/minutes", "language": "en"} | said),
    )
    reflection.refresh_from_db()
    return evidence


def content_of(answer):
    """Choice, text, date, language and version of a stored answer."""
    return (*answer.content, answer.language, answer.version)


def stored(reflection, subject):
    return Answer.objects.get(reflection=reflection, **subject.fields)


def history(reflection, subject):
    """Version, base version, refusal, text and author of each row of a subject's history."""
    return [
        (row.version, row.base_version, row.refusal, row.text, row.by)
        for row in stored(reflection, subject).versions.select_related("by")
    ]


def sheet_of(reflection):
    return load_sheet(SelfReflection.objects.get(pk=reflection.pk))


def correct_wording(thing, name="text", *, edition, by, **wording):
    """Correct one text of a published edition, by language; gives the correction."""
    return correct(
        edition=edition,
        reason_cy="Gwall argraffu.",
        reason_en="A slip of the press.",
        dated_on=timezone.localdate(),
        texts={FrameworkText(thing, name).key: wording},
        by=by,
    )
