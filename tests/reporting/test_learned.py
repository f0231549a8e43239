"""What was learned and what changed: who reads which entry, what is saved, when it is published."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Action
from organisations.models import AuditEvent
from peerreview.models import GoodPractice
from reporting.learned import (
    candidate_actions,
    candidate_practices,
    load_edited,
    load_page,
)
from reporting.models import Learned, LearnedEntry, LearnedVersion
from reporting.services import learned as services
from tests.factories import UserFactory
from tests.reporting.learned_pages import (
    WORDS,
    begun,
    done_action,
    own_entry,
    published,
    shared_practice,
    this_year,
    write,
)
from tests.steps import start, submit

pytestmark = pytest.mark.django_db

NOBODY = AnonymousUser()


@pytest.fixture
def submitted(reflection, lead):
    start(reflection, by=lead)
    submit(reflection, by=lead)
    reflection.refresh_from_db()
    return reflection


def headings(learned, reader):
    return [entry.heading_en for entry in load_page(learned, reader).entries]


def said(entry):
    return {name: getattr(entry, name) for name in services.FIELDS}


# Choosing ----------------------------------------------------------------------------------


def test_what_there_is_to_choose_from(submitted, lead, national, contributor):
    learned = begun(by=national)
    now = timezone.now()
    action = done_action(submitted, by=lead)
    done_action(submitted, by=lead, what_changed="")
    done_action(submitted, by=lead, status=Action.Status.DROPPED)
    done_action(submitted, by=lead, closed_at=now.replace(year=now.year - 1))
    practice = shared_practice(submitted, by=lead)
    shared_practice(
        submitted, by=lead, title="Gone", withdrawn_at=now, withdrawn_by=lead
    )

    assert list(candidate_actions(learned, national)) == [action]
    assert list(candidate_practices(learned, national)) == [practice]
    assert list(candidate_actions(learned, UserFactory())) == []

    services.choose_action(learned=learned, number=action.pk, by=national)
    services.choose_practice(learned=learned, number=practice.pk, by=national)

    assert not candidate_actions(learned, national).exists()
    assert not candidate_practices(learned, national).exists()


def test_what_was_written_is_there_in_its_own_language(submitted, lead, national):
    learned = begun(by=national)
    action, practice = (
        done_action(submitted, by=lead),
        shared_practice(submitted, by=lead),
    )

    changed = services.choose_action(learned=learned, number=action.pk, by=national)
    learnt = services.choose_practice(learned=learned, number=practice.pk, by=national)

    empty = dict.fromkeys(WORDS, "")
    assert said(changed) == empty | {
        "heading_cy": "Agor clinig.",
        "text_cy": "Mae llai o aros.",
        "readers": "nobody",  # until the cluster has agreed
        "names_cluster": False,
    }
    assert said(learnt) == empty | {
        "heading_en": "A weekly round",
        "text_en": "We meet every week.",
        "readers": "signed_in",  # as its consent says
        "names_cluster": True,
    }
    assert (changed.section, learnt.section) == ("changed", "learned")


def test_chosen_twice_is_there_once_and_what_is_not_offered_is_refused(
    submitted, lead, national
):
    learned = begun(by=national)
    action = done_action(submitted, by=lead)
    still_open = done_action(submitted, by=lead, status=Action.Status.UNDER_WAY)

    first, again = (
        services.choose_action(learned=learned, number=action.pk, by=national)
        for _ in range(2)
    )
    with pytest.raises(services.NoCandidate):
        services.choose_action(learned=learned, number=still_open.pk, by=national)

    assert first == again


def test_what_was_taken_off_comes_back_with_its_words(submitted, lead, national):
    learned = begun(by=national)
    action = done_action(submitted, by=lead)
    entry = services.choose_action(learned=learned, number=action.pk, by=national)
    write(entry, by=national, text_en="Our words.")

    services.remove_entry(entry=entry, by=national)
    removed = load_edited(learned, national).removed
    back = services.choose_action(learned=learned, number=action.pk, by=national)

    assert removed == [back] == [entry]
    assert back.text_en == "Our words."
    assert load_edited(learned, national).removed == []


def test_a_page_has_so_many_entries_and_no_more(national, monkeypatch):
    monkeypatch.setattr(services, "MOST_ENTRIES", 2)
    learned = begun(by=national)
    services.add_entry(learned=learned, section="learned", by=national)

    with pytest.raises(services.TooMany):
        services.add_entry(learned=learned, section="learned", by=national)


@pytest.mark.parametrize("actor", ["lead", "officer", "administrator", "superuser"])
def test_only_national_officers_write(national, actor, request):
    learned = published(by=national)
    entry = learned.entries.last()
    other = {"by": request.getfixturevalue(actor)}
    writing = [
        lambda: services.begin_learned(year=2029, **other),
        lambda: services.choose_action(learned=learned, number=1, **other),
        lambda: services.choose_practice(learned=learned, number=1, **other),
        lambda: services.add_entry(learned=learned, section="learned", **other),
        lambda: services.save_entry(entry=entry, base_version=1, said={}, **other),
        lambda: services.move_entry(entry=entry, up=True, **other),
        lambda: services.remove_entry(entry=entry, **other),
        lambda: services.put_back_entry(entry=entry, **other),
        lambda: services.publish_learned(learned=learned, is_public=True, **other),
        lambda: services.take_back_learned(learned=learned, **other),
    ]

    for write_it in writing:
        with pytest.raises(PermissionDenied):
            write_it()


# Writing -----------------------------------------------------------------------------------


def test_two_who_write_different_words_both_keep_theirs(national):
    entry = services.add_entry(
        learned=begun(by=national), section="learned", by=national
    )
    other = UserFactory(national_officer=True)

    services.save_entry(
        entry=entry, base_version=1, said={"text_cy": "Cymraeg."}, by=national
    )
    saved = services.save_entry(
        entry=entry,
        base_version=1,
        said={"text_cy": "", "text_en": "English."},
        by=other,
    )

    assert (saved.conflicts, saved.entry.version) == ([], 3)
    assert (saved.entry.text_cy, saved.entry.text_en) == ("Cymraeg.", "English.")


def test_what_two_write_over_each_other_is_kept_and_nothing_is_lost(national):
    entry = services.add_entry(
        learned=begun(by=national), section="learned", by=national
    )

    for text in ("First.", "Second."):
        saved = services.save_entry(
            entry=entry, base_version=1, said={"text_en": text}, by=national
        )

    assert saved.conflicts == ["text_en"]
    assert saved.entry.text_en == "First."
    assert list(
        LearnedVersion.objects.filter(entry=entry).values_list("version", "text_en")
    ) == [(1, ""), (2, "First."), (None, "Second.")]


def test_the_same_words_twice_are_one_version(national):
    entry = own_entry(begun(by=national), by=national)

    again = services.save_entry(
        entry=entry, base_version=1, said=WORDS, by=UserFactory(national_officer=True)
    )

    assert (again.conflicts, again.entry.version) == ([], 2)


def test_entries_change_places_within_their_section(national):
    learned = begun(by=national)
    one, two, three = (
        own_entry(learned, by=national, heading_en=name) for name in "ABC"
    )
    own_entry(learned, by=national, section="changed", heading_en="D")

    services.move_entry(entry=three, up=True, by=national)
    services.move_entry(entry=one, up=True, by=national)  # is the first already
    services.move_entry(entry=two, up=False, by=national)  # is the last already

    assert headings(learned, national) == ["A", "C", "B", "D"]


# Reading -----------------------------------------------------------------------------------


def test_who_reads_a_page(national, lead, administrator, translator):
    past = UserFactory()  # who has no role any more
    readers = [NOBODY, past, lead, administrator, translator, national]

    def opens(learned):
        return [
            Learned.objects.visible_to(reader).filter(pk=learned.pk).exists()
            for reader in readers
        ]

    learned = begun(by=national)
    assert opens(learned) == [False, False, False, False, False, True]

    own_entry(learned, by=national, readers="public")
    services.publish_learned(learned=learned, is_public=False, by=national)
    assert opens(learned) == [False, True, True, True, True, True]

    services.publish_learned(learned=learned, is_public=True, by=national)
    assert opens(learned) == [True] * 6

    services.take_back_learned(learned=learned, by=national)
    assert opens(learned) == [False, False, False, False, False, True]
    assert list(
        AuditEvent.objects.filter(
            subject_type="reporting.learned", subject_id=str(learned.pk)
        )
        .order_by("pk")
        .values_list("details__what", "details__is_public")
    ) == [
        (None, None),
        ("published", False),
        ("published", True),
        ("taken_back", None),
    ]


def test_who_reads_which_entry(submitted, lead, stranger, national):
    learned = begun(by=national)
    action = done_action(submitted, by=lead)
    other = done_action(submitted, by=lead)
    practice = shared_practice(submitted, by=lead)
    for readers, number in (("nobody", action.pk), ("signed_in", other.pk)):
        entry = services.choose_action(learned=learned, number=number, by=national)
        write(entry, by=national, heading_en=f"Action {readers}", readers=readers)
    entry = services.choose_practice(learned=learned, number=practice.pk, by=national)
    write(entry, by=national)
    own_entry(learned, by=national, heading_en="Own", readers="public")
    services.publish_learned(learned=learned, is_public=True, by=national)
    learned.refresh_from_db()

    with_a_role = ["A weekly round", "Own", "Action signed_in"]
    assert headings(learned, stranger) == with_a_role
    assert headings(learned, national) == with_a_role
    # The consent of the library is for those who have a role.
    assert headings(learned, UserFactory()) == ["Own", "Action signed_in"]
    assert headings(learned, NOBODY) == ["Own"]
    assert load_page(learned, NOBODY).is_for_everybody
    assert not load_page(learned, stranger).is_for_everybody


def test_what_its_cluster_takes_back_is_shown_no_more(submitted, lead, national):
    learned = begun(by=national)
    practice, action = (
        shared_practice(submitted, by=lead),
        done_action(submitted, by=lead),
    )
    learnt = services.choose_practice(learned=learned, number=practice.pk, by=national)
    changed = services.choose_action(learned=learned, number=action.pk, by=national)
    for entry in (learnt, changed):
        write(entry, by=national, readers="public", heading_en=entry.section)
    services.publish_learned(learned=learned, is_public=True, by=national)
    learned.refresh_from_db()
    assert headings(learned, NOBODY) == ["learned", "changed"]

    now = timezone.now()
    Action.objects.update(status=Action.Status.UNDER_WAY)
    practices = GoodPractice.objects.all()
    practices.update(withdrawn_at=now, withdrawn_by=lead)
    assert headings(learned, NOBODY) == headings(learned, national) == []
    rows = [row for _, rows in load_edited(learned, national).sections for row in rows]
    assert [row.source_has_changed for row in rows] == [True, True]

    # Shared again it is not shown until an editor has looked at it.
    practices.update(withdrawn_at=None, withdrawn_by=None, consented_at=now)
    assert headings(learned, NOBODY) == []
    learnt.refresh_from_db()
    write(learnt, by=national)
    assert headings(learned, NOBODY) == ["learned"]


@pytest.mark.parametrize("entries", [1, 3])
def test_queries_do_not_grow_with_entries(
    national, lead, django_assert_num_queries, entries
):
    learned = published(by=national, entries=entries)
    lead.current_memberships  # noqa: B018  # which the request has asked for already
    national.current_memberships  # noqa: B018

    with django_assert_num_queries(1):
        assert len(load_page(learned, lead).entries) == entries
    with django_assert_num_queries(2):
        load_edited(learned, national)


# Publishing --------------------------------------------------------------------------------


def test_nothing_is_published_that_lacks_a_language(submitted, lead, national):
    learned = begun(by=national)
    own_entry(learned, by=national)
    action = done_action(submitted, by=lead)
    services.choose_action(learned=learned, number=action.pk, by=national)
    introduction = learned.entries.get(section="introduction")
    write(introduction, by=national, heading_cy="", heading_en="", text_en="")

    with pytest.raises(services.Incomplete) as refused:
        services.publish_learned(learned=learned, is_public=False, by=national)

    learned.refresh_from_db()
    assert not learned.is_published
    assert {entry.section: entry.missing for entry in refused.value.entries} == {
        "introduction": ["text_en"],
        "changed": ["heading_en", "text_en"],
    }


def test_nothing_is_published_to_those_who_would_read_nothing(national):
    learned = begun(by=national)
    with pytest.raises(services.NothingToShow):
        services.publish_learned(learned=learned, is_public=False, by=national)

    own_entry(learned, by=national)  # for those who can sign in
    with pytest.raises(services.NothingToShow):
        services.publish_learned(learned=learned, is_public=True, by=national)


def test_of_what_is_published_an_unfinished_entry_waits(national, lead):
    learned = published(by=national)

    entry = services.add_entry(learned=learned, section="changed", by=national)
    assert headings(learned, lead) == ["Entry 1"]

    write(entry, by=national, heading_en="New")
    assert headings(learned, lead) == ["Entry 1", "New"]


# The database --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        lambda learned: Learned.objects.create(
            year=learned.year, begun_by=learned.begun_by
        ),
        lambda learned: Learned.objects.create(year=1999, begun_by=learned.begun_by),
        lambda learned: Learned.objects.filter(pk=learned.pk).update(is_public=True),
        lambda learned: Learned.objects.filter(pk=learned.pk).update(
            published_at=timezone.now()
        ),
        lambda learned: learned.entries.create(section="introduction"),
        lambda learned: learned.entries.create(section="learned", names_cluster=True),
        lambda learned: learned.entries.create(section="learned", action_id=1),
        lambda learned: learned.entries.create(section="changed", practice_id=1),
        lambda learned: LearnedVersion.objects.create(
            entry=learned.entries.get(), version=1, by=learned.begun_by
        ),
    ],
)
def test_the_database_refuses(national, broken):
    learned = begun(by=national, year=this_year() - 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        broken(learned)


def test_versions_are_the_editors_alone(national, lead):
    published(by=national)

    assert LearnedVersion.objects.visible_to(national).count() == 3
    assert not LearnedVersion.objects.visible_to(lead).exists()
    assert LearnedEntry.objects.visible_to(lead).count() == 1
