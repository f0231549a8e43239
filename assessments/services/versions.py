"""One way of saving what people type, each piece alone, from the version it was made from.

For every row that has a content, a version and a history: the answers of a self-reflection, and what
is written in peer review. What is stale is refused, and kept; nothing is ever written over.
"""

import uuid
from dataclasses import dataclass, field, replace

from django.utils import timezone

from cdf_site.common.languages import detect, was_chosen


@dataclass(frozen=True)
class Typed:
    """What somebody typed for one subject, and the version they had before them."""

    subject: object
    base_version: int
    choice: str = ""
    text: str = ""
    # The operation before this one, whose reply the page had not had: if it was accepted, this
    # was written after it, whatever version the page knew.
    after: uuid.UUID | None = None
    # What its writer says of the text's language: "cy" or "en", "" to have it detected; None is
    # silence, which leaves what was said before.
    language: str | None = None
    # The language that exactly this text had where it was taken from: an earlier version, or the
    # last cycle. Nobody chooses a language by taking a text.
    kept_language: str = ""

    @property
    def fields(self):
        """The content by the names that it has in the row and in its history."""
        return {"choice": self.choice, "text": self.text}

    @property
    def content(self):
        return tuple(self.fields.values())


@dataclass(frozen=True)
class Conflict:
    """An entry that was refused because the row had changed since; both texts are kept."""

    entry: Typed
    theirs: object
    changed_by: object
    changed_at: object


@dataclass
class Saved:
    """What became of a page's entries.

    ``versions`` holds, for each, the version from which that page may go on: of the row now,
    but for an entry that did not touch what somebody else wrote since, the one it was made from.
    """

    versions: dict = field(default_factory=dict)
    changed: list = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    closed: list[Typed] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """Where the versions of rows are kept: the model, and the name of its link to the row."""

    model: type
    link: str

    def of(self, rows):
        """The versions of those ``rows`` that are stored."""
        stored = [row.pk for row in rows if row.pk is not None]
        return self.model.objects.filter(**{f"{self.link}__in": stored})

    def owner(self, version):
        return getattr(version, f"{self.link}_id")


def save_entries(*, rows, entries, history, is_open, language, operation_id, by):
    """Save each entry that is fresh, and refuse the stale ones with both texts kept.

    ``rows`` holds the locked row of each entry's subject, a new one where there is none yet. An
    entry that says what is stored already, or what its base version said, changes nothing. The
    same ``operation_id`` with the same content twice saves once. Unless ``is_open``, every changed
    text is kept as refused and listed in ``closed``. A text is in the language that its entry says,
    else in the one that is detected, else in ``language``.
    """
    entries = _brought_forward(rows, entries, history, by=by)
    base_contents = _base_contents(rows, entries, history)
    done = {
        history.owner(version): version
        for version in history.of(rows.values()).filter(operation_id=operation_id)
    }
    saved = Saved()
    for entry in entries:
        row = rows[entry.subject]
        saved.versions[entry.subject] = row.version
        earlier = done.get(row.pk)
        corrects = _corrects_the_language(entry, row)
        is_repeat = (
            earlier is not None and earlier.content == entry.content and not corrects
        )
        if entry.content == row.content and not corrects:
            continue
        if is_repeat and earlier.version is not None:
            saved.versions[entry.subject] = earlier.version
            continue
        base_content = base_contents.get((row.pk, entry.base_version))
        if entry.base_version == 0:
            base_content = type(row)().content
        if entry.content == base_content and not corrects:
            # Untouched on this page: what somebody else wrote since stays, also when the
            # page is sent again.
            saved.versions[entry.subject] = entry.base_version
            continue

        if not is_open:
            refusal = history.model.Refusal.CLOSED
            saved.closed.append(entry)
        elif row.pk is not None and entry.base_version != row.version:
            refusal = history.model.Refusal.STALE
            saved.conflicts.append(_conflict(entry, row))
        else:
            refusal = ""
            saved.changed.append(entry.subject)
            saved.versions[entry.subject] = row.version + 1
        if not (is_repeat and refusal):  # what was refused before may be in time now
            _write(
                row,
                entry,
                history,
                refusal=refusal,
                language=language,
                # The same operation with other content is another operation: a page gone
                # back to, and sent again.
                operation_id=operation_id if earlier is None else uuid.uuid4(),
                by=by,
            )
    return saved


def _brought_forward(rows, entries, history, *, by):
    """The entries, each from the version that its page would know, had it had every reply."""
    numbers = {entry.after for entry in entries if entry.after}
    if not numbers:
        return entries
    accepted = {
        (history.owner(version), version.operation_id): version.version
        for version in history.of(rows.values()).filter(
            operation_id__in=numbers, version__isnull=False, by=by
        )
    }
    return [
        replace(
            entry,
            base_version=accepted.get(
                (rows[entry.subject].pk, entry.after), entry.base_version
            ),
        )
        for entry in entries
    ]


def _base_contents(rows, entries, history):
    """What the rows said in the versions that the entries were made from."""
    versions = history.of([rows[entry.subject] for entry in entries]).filter(
        version__in={entry.base_version for entry in entries}
    )
    return {
        (history.owner(version), version.version): version.content
        for version in versions
    }


def _conflict(entry, row):
    latest = row.versions.filter(version=row.version).select_related("by").first()
    return Conflict(
        entry=entry,
        theirs=row,
        changed_by=latest and latest.by,
        changed_at=latest and latest.at,
    )


def _write(row, entry, history, *, refusal, language, operation_id, by):
    """Write the history row, and the row itself where the entry was accepted."""
    language, is_chosen = _language(entry, row, default=language)
    if not refusal:
        row.language, row.language_is_chosen = language, is_chosen
        for name, value in entry.fields.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
    elif row.pk is None:
        row.save()  # version 0, nothing said: the history needs something to belong to
    history.model.objects.create(
        **{history.link: row},
        **entry.fields,
        version=None if refusal else row.version,
        base_version=entry.base_version,
        refusal=refusal,
        language=language,
        operation_id=operation_id,
        at=timezone.now(),
        by=by,
    )


def _chosen_language(row):
    return row.language if row.language_is_chosen else ""


def _corrects_the_language(entry, row):
    """Whether ``entry`` says another language of the text that stands, which its page had seen."""
    return bool(
        entry.language is not None
        and entry.text
        and (entry.base_version, entry.text) == (row.version, row.text)
        and entry.language != _chosen_language(row)
    )


def _language(entry, row, *, default):
    """The language of the entry's text, and whether somebody said so."""
    if not entry.text:
        return "", False
    if entry.language:
        return entry.language, True
    chosen = _chosen_language(row)
    if entry.kept_language:
        is_chosen = entry.language is None and chosen == entry.kept_language
        return entry.kept_language, is_chosen or was_chosen(
            entry.text, entry.kept_language
        )
    if entry.language is None and chosen:
        return chosen, True
    if entry.text == row.text and not chosen:
        return row.language, False
    return detect(entry.text, default), False
