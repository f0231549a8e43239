"""The fields of the annotations and replies that one may write on a page, and where they stand."""

import uuid

from django.utils.translation import gettext as _

from peerreview.forms.annotations import (
    AnnotationsForm,
    Item,
    free_number,
    sent_fields,
    sent_items,
)
from peerreview.selectors.annotations import A_PLACE, Wanted, place_of
from peerreview.services import annotations as services

# Django refuses a page of more than 1,000 fields: drafts take this many of them, and others are read.
MOST_FIELDS = 560
A_FORM = 8  # fields of one draft, without the colleagues who are ticked


def form_of_page(request, page, *, data=None, saved=None):
    """The form with the fields of the annotations and replies that one may write on this page.

    They are put where the templates look for them: at the places, and at the threads. Of many drafts
    some have fields, and any that is asked for; a new reply has them where it is asked for.
    """
    sent = []
    if data is not None:
        sent = sent_items(data, page.board.own, page.outcome)
    items = _items(request, page, sent)
    known = {item.key for item in items}
    initial = {
        "operation_id": uuid.uuid4(),
    }
    if data is not None:
        items += [
            item
            for item in _of_stored(page.board, sent)
            if item.key not in known and not item.is_new
        ]
        data = _with_what_was_not_sent(data, items)
    form = AnnotationsForm(
        items,
        data=data,
        initial=initial,
        people=_can_be_mentioned(page, request.user),
        conflicts=saved.conflicts if saved else (),
    )
    _put_in_place(request, page, form)
    return form


def _items(request, page, sent):
    board, user = page.board, request.user
    edited = request.GET.get("edit", "")
    replied = {request.GET.get("reply", "")}
    replied |= {str(item.remark.parent_id) for item in sent if item.is_new}
    drafts = _drafts_with_fields(board, Wanted.of(request.GET).place, edited)
    items = []
    for name, place in board.places.items():
        label = page.labels.get(name, "")
        if page.part.may_annotate and page.submission:
            items += [
                _stored(board, row, name, label)
                for row in place.own
                if row.pk in drafts
            ]
            items.append(_new(page, user, name, label))
        for thread in place.shown:
            reply_place = f"reply-{thread.annotation.pk}"
            label_of_reply = "{}: {}".format(_("Comment"), label)
            own = [row for row in thread.own_replies if row.pk in drafts]
            own += [
                reply.annotation
                for reply in thread.replies
                if reply.may_edit and str(reply.annotation.pk) == edited
            ]
            if page.part.may_reply:
                items += [
                    _stored(board, row, reply_place, label_of_reply) for row in own
                ]
                if str(thread.annotation.pk) in replied:
                    items.append(_new(page, user, reply_place, label_of_reply))
            if thread.may_edit and str(thread.annotation.pk) == edited:
                items.append(_stored(board, thread.annotation, name, label))
    return items


def _drafts_with_fields(board, at, edited):
    """Primary keys of the drafts that stand in fields: as many as can be sent.

    Replies come first, then the newest of each place in turn, first of where one looks alone.
    """
    places = sorted(board.places.values(), key=lambda place: place.name != at)
    rows = [
        row for place in places for thread in place.shown for row in thread.own_replies
    ]
    newest = [
        (place.name != at, rank, row)
        for place in places
        for rank, row in enumerate(place.own[: -A_PLACE - 1 : -1])
    ]
    rows += [row for *_, row in sorted(newest, key=lambda found: found[:2])]
    chosen = {row.pk for row in board.own.values() if str(row.pk) == edited}
    room = MOST_FIELDS
    for row in rows:
        room -= A_FORM + len(board.mentions.get(row.pk, ()))
        if room < 0:
            break
        chosen.add(row.pk)
    return chosen


def _new(page, user, place, label):
    said = f"{page.review.pk} {page.submission.number} {place}"
    number = free_number(user, said, page.board.own)
    row = page.board.own.get(number)  # that was emptied
    parent = int(place.removeprefix("reply-")) if place.startswith("reply-") else None
    return Item(
        remark=services.Remark(
            number,
            parent_id=parent,
            submission_number=page.submission.number,
        ),
        place=place,
        label=label,
        row=row,
        mentioned=tuple(page.board.mentions.get(row.pk, ())) if row else (),
    )


def _stored(board, row, place, label):
    return Item(
        remark=services.Remark.of(row),
        place=place,
        label=label,
        row=row,
        mentioned=tuple(board.mentions.get(row.pk, ())),
    )


def _of_stored(board, items):
    return [
        _stored(
            board,
            item.row,
            item.place if item.remark.parent_id else place_of(item.row),
            "",
        )
        for item in items
        if item.row
    ]


def _with_what_was_not_sent(data, items):
    """A script sends what changed and no more: the rest of the page is as it is stored."""
    data = data.copy()
    for item in items:
        if f"{item.key}-version" not in data:
            for name, value in sent_fields(item, item.stored).items():
                data[name] = value
            data[f"{item.key}-place"] = item.place
            if item.remark.submission_number:
                data[f"{item.key}-submission"] = item.remark.submission_number
    return data


def _can_be_mentioned(page, user):
    return [
        person for person in page.board.people if person.sees_shared and person != user
    ]


def _put_in_place(request, page, form):
    at = Wanted.of(request.GET).place
    for place in page.board.places.values():
        place.has_more_own = place.name != at and len(place.own) > A_PLACE
        own = place.own[-A_PLACE:] if place.has_more_own else place.own
        place.read = _without_fields(own, form)
        for thread in place.shown:
            thread.read_replies = _without_fields(thread.own_replies, form)
    threads = {
        f"reply-{thread.annotation.pk}": thread
        for place in page.board.places.values()
        for thread in place.shown
    }
    for key, item in form.items.items():
        row = form.row(key)
        if item.is_reply:
            thread = threads.get(item.place)
            if thread:
                if item.row and item.row.is_shared:
                    for reply in thread.replies:
                        if reply.annotation.pk == item.row.pk:
                            reply.form = row
                else:
                    thread.forms.append(row)
            continue
        place = page.board.places[item.place]
        if item.row and item.row.is_shared:
            for thread in place.shown:
                if thread.annotation.pk == item.row.pk:
                    thread.form = row
        elif item.is_new:
            place.new_form = row
        else:
            place.forms.append(row)


def _without_fields(rows, form):
    return [row for row in rows if services.Remark.of(row).key not in form.items]
