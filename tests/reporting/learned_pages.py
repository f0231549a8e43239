"""Yearly pages of what was learned, made by the services, for the tests of them."""

from django.utils import timezone

from assessments.models import Action
from peerreview.models import Annotation, GoodPractice
from reporting.services import learned as services
from tests.factories.peerreview import (
    ClusterReviewFactory,
    ReviewGroupFactory,
    ReviewRoundFactory,
)
from tests.steps import outcome_of

WORDS = {
    "heading_cy": "Tŷ agored",
    "heading_en": "An open house",
    "text_cy": "Mae'r drws ar agor.",
    "text_en": "The door is open.",
}


def done_action(reflection, *, by, **said):
    """An action that was finished today, with what changed, in Welsh."""
    return Action.objects.create(
        reflection=reflection,
        added_by=by,
        **{
            "text": "Agor clinig.",
            "language": "cy",
            "status": Action.Status.DONE,
            "what_changed": "Mae llai o aros.",
            "closing_language": "cy",
            "closed_at": timezone.now(),
        }
        | said,
    )


def shared_practice(reflection, *, by, title="A weekly round", **said):
    """Good practice of the cluster of ``reflection``, shared in English."""
    cycle = reflection.cycle
    review_round = ReviewRoundFactory(cycle=cycle, code=f"of-{title}".replace(" ", "-"))
    review = ClusterReviewFactory(
        group=ReviewGroupFactory(round=review_round), reflection=reflection
    )
    annotation = Annotation.objects.create(
        review=review,
        submission=reflection.latest_submission,
        choice="good_practice",
        voice=Annotation.Voice.REVIEWER,
        author=by,
    )
    return GoodPractice.objects.create(
        annotation=annotation,
        cluster=reflection.cluster,
        outcome=outcome_of(reflection),
        contact=by,
        consented_by=by,
        **{"title": title, "text": "We meet every week.", "language": "en"} | said,
    )


def this_year():
    return timezone.localdate().year


def begun(*, by, year=None):
    return services.begin_learned(year=year or this_year(), by=by)


def write(entry, *, by, **said):
    """Save ``entry`` as it stands, with ``said`` and, where it has none, words in both languages."""
    wanting = {name: words for name, words in WORDS.items() if not getattr(entry, name)}
    return services.save_entry(
        entry=entry, base_version=entry.version, said=wanting | said, by=by
    ).entry


def own_entry(learned, *, by, section="learned", **said):
    """An entry of the officers' own, written in both languages."""
    entry = services.add_entry(learned=learned, section=section, by=by)
    return write(entry, by=by, **said)


def published(*, by, entries=1, is_public=False, **said):
    learned = begun(by=by)
    for number in range(entries):
        own_entry(learned, by=by, **{"heading_en": f"Entry {number + 1}"} | said)
    services.publish_learned(learned=learned, is_public=is_public, by=by)
    learned.refresh_from_db()
    return learned


# For tests of every page ---------------------------------------------------------------------


def build_learned(*, by, practice):
    """A public page with everything that its editors can be told, and a draft of the year before."""
    learned = published(by=by, entries=2, readers="public", is_public=True)
    action = Action.objects.get(status=Action.Status.DONE)
    for choose, number in (
        (services.choose_practice, practice.pk),
        (services.choose_action, action.pk),
    ):
        write(choose(learned=learned, number=number, by=by), by=by)
    GoodPractice.objects.filter(pk=practice.pk).update(consented_at=timezone.now())
    removed = own_entry(learned, by=by)
    services.save_entry(entry=removed, base_version=1, said={"text_en": "Late."}, by=by)
    services.remove_entry(entry=removed, by=by)
    services.add_entry(learned=learned, section="changed", by=by)
    begun(by=by, year=this_year() - 1)
    return learned


def learned_page_list(learned, *, national, lead):
    """Names of pages, who opens them, and where."""
    year, before = {"year": learned.year}, {"year": learned.year - 1}
    entries = list(learned.entries.all())
    shown = [entry for entry in entries if entry.cluster or entry.is_introduction]
    return [
        ("learned:learned_list", None, {}),
        ("learned:learned_list", national, {}),
        ("learned:learned_detail", lead, year),
        ("learned:learned_detail", national, before),
        ("learned:learned_edit", national, year),
        ("learned:learned_edit", national, before),
        ("learned:learned_choose", national, before | {"source": "actions"}),
        ("learned:learned_choose", national, before | {"source": "practice"}),
        *(
            ("learned:entry_edit", national, year | {"entry": entry.pk})
            for entry in [*shown, entries[-1]]
        ),
        *(
            ("learned:entry_history", national, year | {"entry": entry.pk})
            for entry in entries
            if entry.removed_at
        ),
    ]
