"""The pages of replies, records and good practice, with everything on them, for tests of all pages."""

from dataclasses import dataclass

from django.utils import timezone

from assessments.models import Action, AgreedLevel
from organisations.models import Membership, Role, User
from peerreview.models import (
    ActionOrigin,
    Annotation,
    ClusterReview,
    ContactRequest,
    Finding,
    GoodPractice,
    Meeting,
    ReviewPhase,
)
from tests.factories import UserFactory
from tests.factories.peerreview import (
    AssignmentFactory,
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.peerreview.said import reply, save_reply
from tests.steps import criterion_of, outcome_of


@dataclass(frozen=True)
class Recorded:
    """A review in which there is one of everything."""

    review: ClusterReview
    lead: User  # of the cluster that is reviewed
    shareable: Annotation  # good practice that is not in the library
    practice: GoodPractice
    withdrawn: GoodPractice
    asks: User  # who has not asked yet

    @property
    def where(self):
        return {
            "round": self.review.round.code,
            "cluster": self.review.reflection.cluster.code,
        }


def record_of(reflection, *, national):
    """The submitted ``reflection`` in a round of its own, which is in its phase of agreeing."""
    review_round = ReviewRoundFactory(
        cycle=reflection.cycle,
        code="recorded",
        created_by=national,
        phase=ReviewPhase.Kind.AGREEING,
    )
    group = ReviewGroupFactory(round=review_round, number=1)
    review = ClusterReviewFactory(group=group, reflection=reflection)
    reviewer = UserFactory()
    AssignmentFactory(group=group, user=reviewer)
    now, submission = timezone.now(), reflection.latest_submission
    lead = Membership.objects.get(
        cluster=reflection.cluster, role=Role.CLUSTER_LEAD
    ).user
    outcome = outcome_of(reflection)
    Meeting.objects.create(group=group, started_by=national)

    def annotate(kind, text, **about):
        return Annotation.objects.create(
            review=review,
            submission=submission,
            author=reviewer,
            voice="reviewer",
            choice=kind,
            text=text,
            language="cy",
            shared_at=now,
            **about,
        )

    asked = annotate("question", "Pwy?", outcome=outcome)
    annotate(
        "suggestion", "Rhestr.", outcome=outcome, criterion=criterion_of(reflection)
    )
    settled = annotate(
        "evidence", "Ble?", resolved_at=now, resolved_by=reviewer, outcome=outcome
    )
    removed = annotate("support", "Help.")
    good, withdrawn, shareable = (
        annotate("good_practice", text, outcome=outcome)
        for text in ("Da.", "Da iawn.", "Gwych.")
    )
    findings = [
        Finding.objects.create(
            review=review,
            submission=submission,
            outcome=outcome,
            part=part,
            choice=level,
            text="Canfyddiad.",
            language="cy",
            shared_at=now,
        )
        for part, level in (("conclusion", "2"), ("notes", ""))
    ]
    AgreedLevel.objects.create(
        submitted_outcome=submission.submitted_outcomes.get(outcome=outcome),
        level=2,
        reason="Oherwydd.",
        language="cy",
        agreed_by=national,
    )
    world = type("World", (), {"lead": lead})
    reply(world, settled, "explain", "Yn y cofnodion.")
    reply(world, removed, "accept")
    Annotation.objects.filter(pk=removed.pk).update(removed_at=now)
    reply(world, findings[0], "disagree", "Na.")
    save_reply(world, asked, "accept", "Ni.")
    save_reply(world, asked, "explain", "Hwyr.")  # made from nothing: refused
    save_reply(world, findings[1], "disagree")
    action = Action.objects.create(
        reflection=reflection,
        text="Cam.",
        language="cy",
        due_on=timezone.localdate(),
        added_by=national,
    )
    ActionOrigin.objects.create(action=action, review=review)

    def share(annotation, **said):
        return GoodPractice.objects.create(
            annotation=annotation,
            cluster=reflection.cluster,
            outcome=outcome,
            level=2,
            title="Arfer da iawn",
            text="Rydym yn cwrdd.",
            language="cy",
            contact=lead,
            consented_by=lead,
            version=1,
            **said,
        )

    practice = share(good)
    ContactRequest.objects.create(
        good_practice=practice, by=reviewer, text="Sut?", language="cy"
    )
    return Recorded(
        review=review,
        lead=lead,
        shareable=shareable,
        practice=practice,
        withdrawn=share(withdrawn, withdrawn_at=now, withdrawn_by=lead),
        asks=national,
    )


def record_pages(page, recorded, officer):
    """Each page of ours with who opens it; ``page`` makes one."""
    where, entry = recorded.where, {"practice": recorded.practice.pk}
    lead, asks = recorded.lead, recorded.asks
    return [
        page("peerreview:replies_edit", lead, where),
        page("peerreview:replies_edit", officer, where),
        page("peerreview:replies_send", lead, where),
        page("peerreview:replies_history", lead, where),
        page("peerreview:cluster_record", lead, where),
        page("peerreview:group_record", asks, {"round": where["round"], "group": 1}),
        page("peerreview:library_list", lead),
        page("peerreview:practice_detail", lead, entry),
        page("peerreview:practice_detail", asks, entry),
        page("peerreview:practice_detail", lead, {"practice": recorded.withdrawn.pk}),
        page("peerreview:practice_edit", lead, entry),
        page("peerreview:practice_edit", lead, {"practice": recorded.withdrawn.pk}),
        page(
            "peerreview:practice_add",
            lead,
            where | {"annotation": recorded.shareable.key},
        ),
        page("peerreview:contact_ask", asks, entry),
    ]
