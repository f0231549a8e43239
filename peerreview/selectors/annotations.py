"""The annotations of a page with what was replied, place by place."""

from dataclasses import dataclass, field, replace

from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q

from peerreview.models import Annotation, AnnotationVersion, Mention, Response
from peerreview.selectors.people import people_of

A_PLACE = 10  # annotations that a place shows of the open, and of the resolved ones
A_PAGE = 20  # where one place is looked at alone
WHOLE, OUTCOME = "whole", "outcome"
OPEN, RESOLVED = "open", "resolved"


def place_of(annotation):
    """The name of what an annotation is about, in forms and addresses."""
    if annotation.criterion_id:
        return f"criterion-{annotation.criterion_id}"
    return OUTCOME if annotation.outcome_id else WHOLE


@dataclass(frozen=True)
class Wanted:
    """Which annotations are asked for: by kind, by state, one's own; and where one looks alone."""

    kind: str = ""
    state: str = ""
    mine: bool = False
    place: str = ""
    page: str = ""

    @classmethod
    def of(cls, asked):
        """From an address; what makes no sense in it asks for nothing."""
        kind, state = asked.get("kind", ""), asked.get("state", "")
        return cls(
            kind=kind if kind in Annotation.Kind.values else "",
            state=state if state in {OPEN, RESOLVED} else "",
            mine=asked.get("mine") == "1",
            place=asked.get("at", ""),
            page=asked.get("page", ""),
        )

    @property
    def narrows(self):
        return bool(self.kind or self.state or self.mine or self.place)

    def takes(self, annotation, user):
        return (
            self.kind in {"", annotation.choice}
            and self.state in {"", RESOLVED if annotation.resolved_at else OPEN}
            and (not self.mine or annotation.author_id == user.pk)
        )


@dataclass
class Thread:
    """An annotation, what was replied to it, and what one may do with it."""

    annotation: Annotation
    author: str  # "" for somebody who takes part no longer
    resolved_by: str = ""
    replies: list = field(default_factory=list)
    own_replies: list = field(default_factory=list)  # typed and not sent
    read_replies: list = field(default_factory=list)  # those without fields
    mentioned: list = field(default_factory=list)
    response: object = None
    is_earlier: bool = False  # about a submission before the one that is read
    is_own: bool = False
    may_resolve: bool = False
    may_take_back: bool = False
    may_edit: bool = False
    may_offer_practice: bool = False
    is_edited: bool = False
    # the fields of its forms, from the page: to reply, and of what one changes
    forms: list = field(default_factory=list)
    form: object = None

    @property
    def stance(self):
        """How the cluster takes it, in words."""
        choice = self.response and self.response.choice
        return Response.Stance(choice).label if choice else ""


@dataclass
class Place:
    """What is said of the whole, of the outcome, or of one criterion."""

    name: str
    open: list[Thread] = field(default_factory=list)
    resolved: list[Thread] = field(default_factory=list)
    own: list[Annotation] = field(default_factory=list)  # private
    read: list[Annotation] = field(default_factory=list)  # of those, without fields
    has_more_own: bool = False  # than stand on the page
    taken_back: list[Annotation] = field(default_factory=list)
    open_count: int = 0
    resolved_count: int = 0
    matching_count: int = 0
    forms: list = field(default_factory=list)
    new_form: object = None

    @property
    def count(self):
        return self.open_count + self.resolved_count

    @property
    def shown(self):
        return [*self.open, *self.resolved]

    @property
    def hidden_count(self):
        return self.matching_count - len(self.open) - len(self.resolved)


@dataclass
class Board:
    """All that somebody sees of the annotations of a page."""

    places: dict[str, Place]
    people: list
    own: dict  # one's own annotations and replies of the page, by number
    mentions: dict  # primary keys of the people, by annotation's
    page: object = None  # where one place is looked at alone
    open_count: int = 0
    resolved_count: int = 0
    private_count: int = 0
    earlier_numbers: list[int] = field(default_factory=list)


def load_board(review, part, submission, user, *, places, outcome=None, wanted=None):
    """Three queries, however many there are: annotations with replies, people, mentions.

    ``places`` are the names of the page's places in their order; ``outcome`` is None where the page
    is about the whole. A place shows some of the open and of the resolved ones; looked at alone, a
    page of them.
    """
    wanted = wanted or Wanted()
    people = people_of(review)
    by_pk = {person.pk: person for person in people}
    rows = list(
        Annotation.objects.visible_to(user)
        .filter(Q(removed_at=None) | Q(author=user), review=review, outcome=outcome)
        .select_related("author", "resolved_by", "response")
        .annotate(
            submission_number=F("submission__number"),
            is_edited=Exists(
                AnnotationVersion.objects.filter(
                    written=OuterRef("pk"),
                    version=OuterRef("version"),
                    at__gt=OuterRef("shared_at"),
                )
            ),
        )
        .order_by("pk")
    )
    board = Board(
        places={name: Place(name) for name in places},
        people=people,
        own={row.key: row for row in rows if row.author_id == user.pk},
        mentions={},
    )
    threads = {}
    for row in rows:
        if row.parent_id is None:
            place = board.places.setdefault(place_of(row), Place(place_of(row)))
            _sort_in(board, place, row, threads, user, wanted)
    if wanted.place not in board.places:
        wanted = replace(wanted, place="")
    shown = _cut(board, wanted)
    _add_replies(rows, shown, by_pk, user)
    _add_mentions(board, rows, shown, by_pk)
    numbers = {thread.annotation.submission_number for thread in threads.values()}
    board.earlier_numbers = sorted(numbers - {submission and submission.number})
    for thread in shown.values():
        _say_what_may_be_done(thread, part, submission, by_pk, user)
    return board


def _sort_in(board, place, row, threads, user, wanted):
    is_empty = row.is_empty and row.removed_at is None
    if row.removed_at is not None:
        place.taken_back.append(row)
    elif not row.is_shared:
        if not is_empty:
            place.own.append(row)
            board.private_count += 1
    else:
        if row.resolved_at:
            place.resolved_count += 1
            board.resolved_count += 1
        else:
            place.open_count += 1
            board.open_count += 1
        if wanted.takes(row, user):
            threads[row.pk] = Thread(row, author="")
            (place.resolved if row.resolved_at else place.open).append(threads[row.pk])
            place.matching_count += 1


def _cut(board, wanted):
    """Leave as many in each place as a page holds; gives the threads that are shown."""
    for name, place in board.places.items():
        if wanted.place and name != wanted.place:
            place.open, place.resolved = [], []
        elif wanted.place:
            page = Paginator(place.shown, A_PAGE).get_page(wanted.page)
            board.page = page
            place.open = [t for t in page.object_list if not t.annotation.resolved_at]
            place.resolved = [t for t in page.object_list if t.annotation.resolved_at]
        else:
            place.open = place.open[:A_PLACE]
            place.resolved = place.resolved[:A_PLACE]
    return {
        thread.annotation.pk: thread
        for place in board.places.values()
        for thread in place.shown
    }


def _add_replies(rows, shown, people, user):
    for row in rows:
        thread = shown.get(row.parent_id)
        if thread is None or (row.removed_at and row.author_id != user.pk):
            continue
        if row.is_shared or row.removed_at:
            thread.replies.append(
                Thread(
                    row,
                    author=author_of(row, people),
                    is_own=row.author_id == user.pk,
                    is_edited=row.is_edited,
                )
            )
        elif not row.is_empty:
            thread.own_replies.append(row)


def _add_mentions(board, rows, shown, people):
    wanted = [row.pk for row in board.own.values()]
    replies = {
        reply.annotation.pk: reply
        for thread in shown.values()
        for reply in thread.replies
    }
    wanted += [*shown, *replies]
    if not wanted:
        return
    found = {}
    for annotation, person in Mention.objects.filter(annotation__in=wanted).values_list(
        "annotation", "user"
    ):
        found.setdefault(annotation, []).append(person)
    for pk, thread in (shown | replies).items():
        thread.mentioned = [
            str(people[person]) for person in found.get(pk, []) if person in people
        ]
    board.mentions = found


def _say_what_may_be_done(thread, part, submission, people, user):
    row = thread.annotation
    is_own = row.author_id == user.pk
    thread.author = author_of(row, people)
    thread.is_own = is_own
    thread.is_earlier = bool(submission) and row.submission_number != submission.number
    if row.resolved_by:
        resolver = people.get(row.resolved_by_id)
        thread.resolved_by = str(resolver) if resolver else ""
    thread.may_resolve = part.may_resolve and (is_own or part.facilitates)
    others_replied = any(
        reply.annotation.author_id != row.author_id and not reply.annotation.removed_at
        for reply in thread.replies
    )
    response = getattr(row, "response", None)
    # As Response.visible_to says of an annotation that one sees.
    if response and (response.is_shared or part.is_member) and not response.is_empty:
        thread.response = response
    thread.may_edit = is_own and part.may_annotate
    thread.may_take_back = (
        is_own
        and part.may_annotate
        and not others_replied
        and not (response and response.is_shared)
    )
    thread.may_offer_practice = (
        part.may_offer_practice and row.choice == Annotation.Kind.GOOD_PRACTICE
    )
    thread.is_edited = row.is_edited
    for reply in thread.replies:
        reply.may_take_back = (
            reply.is_own and part.may_reply and not reply.annotation.removed_at
        )
        reply.may_edit = reply.may_take_back


def author_of(annotation, people):
    """The author's name, or "" where they take part no longer."""
    person = people.get(annotation.author_id)
    if person is None:
        return ""
    if annotation.voice == Annotation.Voice.CLUSTER:
        return str(person) if person.is_member else ""
    return str(person) if person.assigned_as else ""
