"""Peer review in the demonstration: a group that is about to meet, and a round that is being planned.

What is said is invented, and says so. Everything goes through the services; when it happened is today.
"""

import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from assessments.models import Action, SelfReflection
from assessments.services import actions
from assessments.services.versions import Typed
from frameworks.models import Outcome
from organisations.models import Cluster, Population, Rurality
from peerreview.models import (
    USUAL_RULES,
    Annotation,
    Assignment,
    ReviewPhase,
    ReviewRound,
)
from peerreview.services import annotations, assignments, groups, practice, rounds

GROUP = ("city-health", "llanelli", "penderi", "rhondda")
FACILITATED_BY = "cardiff-west"  # by its lead, who is of none of those
# First days of the phases, in days from today: the group meets soon.
BEGIN = {
    "reading": -28,
    "annotating": -21,
    "discussing": -7,
    "agreeing": 10,
    "closed": 24,
}
BEGIN_LATER = {
    "reading": 14,
    "annotating": 28,
    "discussing": 42,
    "agreeing": 56,
    "closed": 70,
}
MEETS_IN = timedelta(days=2)
SOURCE = "Dyfeisiwyd ar gyfer yr arddangosiad / Invented for the demonstration"

Kind = Annotation.Kind
# By whom, on whom, on which outcome of the first module and whether on a criterion of it; what, and
# what the cluster replies to that.
SAID = [
    (
        "llanelli",
        "city-health",
        3,
        True,
        Kind.QUESTION,
        {
            "cy": "Sut mae pobl yn cyrraedd y gwasanaeth hwn pan nad oes ganddynt ffôn clyfar?",
            "en": "How do people reach this service when they have no smartphone?",
        },
        {
            "cy": "Mae'r fferyllfa yn ffonio drostynt. Nid oedd hynny yn ein hateb.",
            "en": "The pharmacy rings for them. That was not in our answer.",
        },
    ),
    (
        "rhondda",
        "city-health",
        4,
        False,
        Kind.GOOD_PRACTICE,
        {
            "cy": "Mae'r clinig ar y cyd yn fore Sadwrn yn rhywbeth y gallem ei ddysgu.",
            "en": "The joint clinic on Saturday mornings is something we could learn from.",
        },
        None,
    ),
    (
        "penderi",
        "city-health",
        3,
        True,
        Kind.EVIDENCE,
        {
            "cy": "A oes ffigurau ar gyfer y chwe mis diwethaf?",
            "en": "Are there figures for the last six months?",
        },
        None,
    ),
    (
        "city-health",
        "llanelli",
        5,
        False,
        Kind.SUPPORT,
        {
            "cy": "Gallwn rannu'r daflen waith a ddefnyddiwn gyda'r tîm cymunedol.",
            "en": "We can share the worksheet that we use with the community team.",
        },
        None,
    ),
    (
        "city-health",
        "rhondda",
        1,
        True,
        Kind.SUGGESTION,
        {
            "cy": "Gallai'r llyfrgell a'r ysgol helpu i ledaenu'r neges hon.",
            "en": "The library and the school could help to spread this message.",
        },
        None,
    ),
]
PRACTICE = {
    "title": {
        "cy": "Clinig ar y cyd fore Sadwrn",
        "en": "A joint clinic on Saturday mornings",
    },
    "text": {
        "cy": "Mae fferyllydd, nyrs a gweithiwr cymdeithasol yn gweld pobl gyda'i gilydd. Mae llai o bobl yn cael eu hanfon ymlaen.",
        "en": "A pharmacist, a nurse and a social worker see people together. Fewer people are sent on.",
    },
}
# What Afan undertook a year ago: on which outcome, due in how many days, and what became of it.
UNDERTAKEN = [
    (
        2,
        -12,
        Action.Status.UNDER_WAY,
        {
            "cy": "Gofyn i grwpiau'r trydydd sector beth sydd fwyaf anodd iddynt.",
            "en": "Ask the third sector groups what is hardest for them.",
        },
        None,
    ),
    (
        5,
        40,
        Action.Status.PLANNED,
        {
            "cy": "Cytuno ar un ffurflen atgyfeirio ar gyfer y clwstwr cyfan.",
            "en": "Agree one referral form for the whole cluster.",
        },
        None,
    ),
    (
        1,
        -90,
        Action.Status.DONE,
        {
            "cy": "Rhoi'r un wybodaeth ar wefan pob practis.",
            "en": "Put the same information on every practice's website.",
        },
        {
            "cy": "Mae pob practis yn defnyddio'r un testun, ac mae llai o alwadau dianghenraid.",
            "en": "Every practice uses the same text, and there are fewer needless calls.",
        },
    ),
]


def prepare(this_cycle, cycle_before, *, people, texts):
    """Give clusters a size, let a group read and annotate, and plan a further round."""
    said = _Said(texts["marker"])
    _give_sizes()
    _undertake(cycle_before, people, said)
    review_round = _round(this_cycle, "review", BEGIN, by=people.national_officer)
    _fill(review_round, people)
    rounds.announce_round(review_round=review_round, by=people.national_officer)
    _annotate(review_round, people, said)
    later = _round(this_cycle, "later-review", BEGIN_LATER, by=people.national_officer)
    submitted = this_cycle.reflections.filter(
        state__in=[SelfReflection.State.SUBMITTED, SelfReflection.State.IN_REVIEW]
    ).exclude(cluster__code__in=GROUP)
    rounds.choose_clusters(
        review_round=later,
        added=list(submitted.order_by("cluster__code").values_list("pk", flat=True)),
        dropped=[],
        languages={},
        by=people.national_officer,
    )


class _Said:
    """Texts in the language of whoever says them, marked as invented."""

    def __init__(self, marker):
        self.marker = marker

    def __call__(self, person, text):
        return f"{text[person.language]} {self.marker[person.language]}"


def _give_sizes():
    """Invented sizes and kinds of area, the same on every machine."""
    year = timezone.localdate().year - 1
    rurality = list(Rurality)
    clusters = list(Cluster.objects.order_by("code"))
    for position, cluster in enumerate(clusters):
        cluster.rurality = rurality[position % len(rurality)]
    Cluster.objects.bulk_update(clusters, ["rurality"])
    Population.objects.bulk_create(
        Population(
            cluster=cluster,
            year=year,
            people=25_000 + 1_250 * ((7 * position) % 60),
            source=SOURCE,
        )
        for position, cluster in enumerate(clusters)
    )


def _outcome(cycle, number):
    return Outcome.objects.select_related("module").get(
        module__edition=cycle.edition_id, module__number=1, number=number
    )


def _undertake(cycle, people, said):
    reflection = cycle.reflections.select_related("cluster").get(cluster__code="afan")
    lead = people.lead(reflection.cluster)
    for number, days, status, text, what_changed in UNDERTAKEN:
        action = actions.add_action(
            reflection=reflection,
            outcome=_outcome(cycle, number),
            text=said(lead, text),
            language=lead.language,
            owner=lead,
            due_on=timezone.localdate() + timedelta(days=days),
            by=lead,
        )
        if status != Action.Status.PLANNED:
            actions.set_action_status(
                action=action,
                base_version=action.version,
                status=status,
                note=said(lead, what_changed) if what_changed else "",
                language=lead.language,
                by=lead,
            )


def _round(cycle, code, begin, *, by):
    today = timezone.localdate()
    names = {
        "review": ("Adolygiad gan gymheiriaid", "Peer review"),
        "later-review": ("Ail adolygiad gan gymheiriaid", "Second peer review"),
    }[code]
    return rounds.add_round(
        code=f"{code}-{cycle.code}",
        name_cy=f"{names[0]} {cycle.code}",
        name_en=f"{names[1]} {cycle.code}",
        cycle=cycle,
        kind=ReviewRound.Kind.CLUSTERS,
        health_board=None,
        group_size=4,
        boards=ReviewRound.Boards.MIXED,
        phases={
            kind: rounds.PhasePlan(
                today + timedelta(days=begin[kind]), USUAL_RULES[kind]
            )
            for kind in ReviewPhase.Kind
        },
        by=by,
    )


def _fill(review_round, people):
    by = people.national_officer
    reflections = review_round.cycle.reflections.filter(cluster__code__in=GROUP)
    rounds.choose_clusters(
        review_round=review_round,
        added=list(reflections.values_list("pk", flat=True)),
        dropped=[],
        languages={},
        by=by,
    )
    group = groups.add_group(review_round=review_round, by=by)
    groups.place_clusters(
        review_round=review_round,
        places={review.pk: group for review in review_round.reviews.all()},
        by=by,
    )
    assignments.assign(
        group=group,
        user=people.lead(people.clusters[FACILITATED_BY]),
        role=Assignment.Role.FACILITATOR,
        by=by,
    )
    group.refresh_from_db()
    groups.change_group(
        group=group,
        base_version=group.version,
        changes={
            "meets_at": timezone.make_aware(
                datetime.combine(timezone.localdate() + MEETS_IN, time(14))
            ),
            "minutes": 60,
            "link": "https://meeting.example.test/review",
        },
        by=by,
    )


def _annotate(review_round, people, said):
    reviews = {
        review.reflection.cluster.code: review
        for review in review_round.reviews.select_related("reflection__cluster")
    }
    for author, about, number, on_criterion, kind, text, reply in SAID:
        person = people.lead(people.clusters[author])
        person.forget_memberships()
        review = reviews[about]
        outcome = _outcome(review_round.cycle, number)
        remark = annotations.Remark(
            uuid.uuid4(),
            outcome_id=outcome.pk,
            criterion_id=outcome.criteria.first().pk if on_criterion else None,
            submission_number=review.reflection.latest_submission.number,
        )
        _say(review, remark, person, said(person, text), kind)
        annotation = Annotation.objects.get(key=remark.number)
        if reply:
            lead = people.lead(people.clusters[about])
            answer = annotations.Remark(uuid.uuid4(), parent_id=annotation.pk)
            _say(review, answer, lead, said(lead, reply))
        if kind == Kind.GOOD_PRACTICE:
            lead = people.lead(people.clusters[about])
            practice.share_practice(
                annotation=annotation,
                outcome=outcome,
                title=PRACTICE["title"][lead.language],
                text=said(lead, PRACTICE["text"]),
                language=lead.language,
                contact=lead,
                by=lead,
            )


def _say(review, remark, person, text, kind=""):
    annotations.save_annotations(
        review=review,
        entries=[Typed(subject=remark, base_version=0, choice=kind, text=text)],
        language=person.language,
        operation_id=uuid.uuid4(),
        by=person,
    )
    annotations.share_annotations(review=review, numbers=[remark.number], by=person)
