"""Choosing, writing and publishing what was learned and what changed in a year."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assessments.selectors.reminders import leads_in_charge
from notifications.models import Message
from notifications.services import Letters, send_all
from notifications.writing import LANGUAGES, link_to, name_of
from organisations.audit import record
from organisations.models import AuditEvent
from organisations.permissions import Permission, authorise
from reporting.learned import SOURCES, candidate_actions, candidate_practices
from reporting.models import Learned, LearnedEntry, LearnedVersion
from reporting.models.learned import WORDS

Section, Readers = LearnedEntry.Section, LearnedEntry.Readers
FIELDS = (*WORDS, "readers", "names_cluster")
LONGEST_HEADING = LearnedEntry._meta.get_field("heading_cy").max_length
MOST_ENTRIES = 100  # of one page, and what was taken off it


class NoCandidate(Exception):
    """The action or good practice cannot be chosen: not shared, not done, or not there."""


class TooMany(Exception):
    """The page has as many entries as one may have."""


class Incomplete(Exception):
    """Entries lack words in a language; they are in ``entries``."""

    def __init__(self, entries):
        super().__init__(f"{len(entries)} entries")
        self.entries = entries


class NothingToShow(Exception):
    """No entry could be shown to those for whom it is to be published."""


@dataclass(frozen=True)
class Saved:
    """An entry as it stands now, and the names of what somebody else had changed meanwhile."""

    entry: LearnedEntry
    conflicts: list[str]


@transaction.atomic
def begin_learned(*, year, by):
    """The page of ``year``, with an empty introduction; the one that is there, if there is one."""
    authorise(by, Permission.EDIT_LEARNED)
    learned, is_new = Learned.objects.get_or_create(
        year=year, defaults={"begun_by": by}
    )
    if is_new:
        record(AuditEvent.Kind.ADDED, by=by, subject=learned, year=year)
        _add(learned, by=by, section=Section.INTRODUCTION, readers=Readers.PUBLIC)
    return learned


@transaction.atomic
def choose_action(*, learned, number, by):
    """Put an action that is done on the page, in its cluster's words; nobody reads it yet.

    Its cluster wrote for its own people, its board and its reviewers: who else may read it is for
    the cluster to say.
    """
    learned = _locked(learned, by=by)
    action = candidate_actions(learned, by).filter(pk=number).first()
    if action is None:
        return _chosen(learned, action=number)
    words = {f"text_{action.closing_language or action.language}": action.what_changed}
    if len(action.text) <= LONGEST_HEADING and "\n" not in action.text:
        words[f"heading_{action.language}"] = action.text
    return _choose(learned, by=by, action=action, readers=Readers.NOBODY, **words)


@transaction.atomic
def choose_practice(*, learned, number, by):
    """Put an entry of the library on the page, with its cluster's name, as its consent says."""
    learned = _locked(learned, by=by)
    practice = candidate_practices(learned, by).filter(pk=number).first()
    if practice is None:
        return _chosen(learned, practice=number)
    language = practice.language
    words = {f"heading_{language}": practice.title, f"text_{language}": practice.text}
    return _choose(learned, by=by, practice=practice, names_cluster=True, **words)


@transaction.atomic
def add_entry(*, learned, section, by):
    """An empty entry of the officers' own, at the end of its section."""
    learned = _locked(learned, by=by)
    return _add(learned, by=by, section=section)


@transaction.atomic
def save_entry(*, entry, base_version, said, by):
    """Save what of ``said``, the ``FIELDS`` by name, is new since ``base_version``.

    What was not touched stays as somebody else left it meanwhile. Where both changed the same,
    nothing is saved: what was typed is kept as refused, and ``conflicts`` names what it is about.
    """
    entry = _locked_entry(entry, by=by)
    base = entry.versions.get(version=base_version)
    theirs, typed = _said(entry), _said(base) | said
    mine = {name for name in FIELDS if typed[name] != getattr(base, name)}
    conflicts = [
        name
        for name in FIELDS
        if name in mine
        and theirs[name] != getattr(base, name)
        and theirs[name] != typed[name]
    ]
    now = theirs | {name: typed[name] for name in mine}
    if conflicts:
        LearnedVersion.objects.create(entry=entry, by=by, **typed)
    elif now != theirs or _is_looked_at_again(entry):
        for name, value in now.items():
            setattr(entry, name, value)
        _save_version(entry, by=by)
        _tell_clusters(entry.learned, LearnedEntry.objects.filter(pk=entry.pk))
    return Saved(entry, conflicts)


@transaction.atomic
def move_entry(*, entry, up, by):
    """Change places with the entry before or after it in its section, if there is one."""
    entry = _locked_entry(entry, by=by)
    others = list(entry.learned.entries.filter(section=entry.section, removed_at=None))
    if entry not in others:
        return
    place = others.index(entry)
    other = place - 1 if up else place + 1
    if 0 <= other < len(others):
        others[place], others[other] = others[other], others[place]
        for position, each in enumerate(others):
            each.position = position
        LearnedEntry.objects.bulk_update(others, ["position"])


@transaction.atomic
def remove_entry(*, entry, by):
    """Take an entry off the page; its words are kept."""
    entry = _locked_entry(entry, by=by)
    if entry.removed_at is None and not entry.is_introduction:
        entry.removed_at = timezone.now()
        entry.save(update_fields=["removed_at"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=entry, what="removed")


@transaction.atomic
def put_back_entry(*, entry, by):
    """Put an entry that was taken off the page at the end of its section, as it was."""
    entry = _locked_entry(entry, by=by)
    if entry.removed_at is not None:
        entry.removed_at, entry.position = None, _next_position(entry.learned)
        entry.save(update_fields=["removed_at", "position"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=entry, what="put_back")
        _tell_clusters(entry.learned, LearnedEntry.objects.filter(pk=entry.pk))


@transaction.atomic
def publish_learned(*, learned, is_public, by):
    """Show the page to everyone who can sign in, or to everybody; also of one that is shown.

    Whoever leads a cluster whose words are on it is told. Raises Incomplete, and NothingToShow
    where all that could be shown to them is missing.
    """
    learned = _locked(learned, by=by)
    standing = learned.entries.filter(removed_at=None)
    if incomplete := [entry for entry in standing if entry.missing]:
        raise Incomplete(incomplete)
    shown = standing.shown().exclude(section=Section.INTRODUCTION)
    if is_public:
        shown = shown.filter(readers=Readers.PUBLIC)
    if not shown.exists():
        raise NothingToShow
    if not (learned.is_published and learned.is_public == is_public):
        if not learned.is_published:
            learned.published_at, learned.published_by = timezone.now(), by
        learned.is_public = is_public
        learned.save()
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=learned,
            what="published",
            is_public=is_public,
        )
    _tell_clusters(learned, standing)


@transaction.atomic
def take_back_learned(*, learned, by):
    """Show the page to its editors alone again."""
    learned = _locked(learned, by=by)
    if learned.is_published:
        learned.published_at = learned.published_by = None
        learned.is_public = False
        learned.save()
        record(AuditEvent.Kind.CHANGED, by=by, subject=learned, what="taken_back")


def _locked(learned, *, by):
    """The page, whose lock all that is done to it waits for."""
    learned = Learned.objects.select_for_update(no_key=True).get(pk=learned.pk)
    by.forget_memberships()
    authorise(by, Permission.EDIT_LEARNED)
    return learned


def _locked_entry(entry, *, by):
    learned = _locked(entry.learned, by=by)
    return LearnedEntry.objects.select_related("learned", "practice", "action").get(
        pk=entry.pk, learned=learned
    )


def _said(words):
    return {name: getattr(words, name) for name in FIELDS}


def _is_looked_at_again(entry):
    """Whether to save it as it stands lets it be shown: its cluster shared it again meanwhile."""
    practice = entry.practice
    return bool(practice and practice.consented_at > entry.changed_at)


def _chosen(learned, **source):
    """What somebody chose already; for whoever pressed the button twice."""
    entry = learned.entries.filter(removed_at=None, **source).first()
    if entry is None:
        raise NoCandidate
    return entry


def _choose(learned, *, by, action=None, practice=None, **said):
    """A new entry; one that was taken off the page comes back with the words it had."""
    removed = learned.entries.filter(action=action, practice=practice).first()
    if removed is not None:
        put_back_entry(entry=removed, by=by)
        return removed
    section = Section.CHANGED if action else Section.LEARNED
    return _add(
        learned, by=by, section=section, action=action, practice=practice, **said
    )


def _next_position(learned):
    last = learned.entries.order_by("position").last()
    return last.position + 1 if last else 0


def _add(learned, *, by, **said):
    if learned.entries.count() >= MOST_ENTRIES:
        raise TooMany
    entry = LearnedEntry(learned=learned, position=_next_position(learned), **said)
    _save_version(entry, by=by)
    return entry


def _save_version(entry, *, by):
    entry.version += 1
    entry.changed_at = timezone.now()
    entry.save()
    LearnedVersion.objects.create(
        entry=entry, version=entry.version, by=by, **_said(entry)
    )
    kind = AuditEvent.Kind.ADDED if entry.version == 1 else AuditEvent.Kind.CHANGED
    record(kind, by=by, subject=entry, version=entry.version, readers=entry.readers)


# Telling ---------------------------------------------------------------------------------


def _tell_clusters(learned, entries):
    """Tell whoever leads a cluster whose words are among ``entries`` that readers see them.

    Of a page each of them is told once, whatever is published and changed afterwards.
    """
    if not learned.is_published:
        return
    shown = [
        entry for entry in entries.shown().select_related(*SOURCES) if entry.cluster
    ]
    leads = leads_in_charge({entry.cluster.pk for entry in shown})
    theirs = {}
    for entry in shown:
        for person in leads[entry.cluster.pk]:
            theirs.setdefault(person, []).append(entry)
    send_all(
        kind=Message.Kind.WORDS_CHOSEN,
        about=learned,
        letters=[
            Letters(to=[person], facts=_facts_of(learned, some), occasion="published")
            for person, some in theirs.items()
        ],
    )


def _facts_of(learned, entries):
    clusters = {entry.cluster: None for entry in entries}  # each once, in their order
    return {
        "clusters": {
            language: ", ".join(name_of(cluster)[language] for cluster in clusters)
            for language in LANGUAGES
        },
        "year": str(learned.year),
        # Where they differ, what most people read.
        "is_public": learned.is_public
        and any(entry.readers == Readers.PUBLIC for entry in entries),
        "link": link_to("learned:learned_detail", year=learned.year),
    }
