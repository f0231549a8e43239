"""The list of barriers and support needs: loading it from a file, and keeping it in order."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.models import NeedTag
from organisations.audit import record_added, record_changed, values


class NotLoaded(Exception):
    """The file of barriers and support needs cannot be read; nothing was changed."""


@transaction.atomic
def load_needs(*, raw, by):
    """Add what the bytes ``raw`` hold and is not there yet; returns how many that was.

    What is there stays as administrators have edited it since. Raises NotLoaded with the place and
    the reason for a bad file.
    """
    try:
        data = json.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise NotLoaded(str(error)) from error
    there = set(NeedTag.objects.values_list("code", flat=True))
    added = 0
    for kind in NeedTag.Kind:
        for number, item in enumerate(_items(data, kind), start=1):
            try:
                code, name = item["code"], item["name"]
                tag = NeedTag(
                    kind=kind,
                    code=code,
                    name_cy=name["cy"],
                    name_en=name["en"],
                    number=number,
                )
                tag.clean_fields()
            except (KeyError, TypeError, ValidationError) as error:
                raise NotLoaded(f"{kind}, {number}: {error!r}") from error
            if code in there:
                continue
            tag.save()
            record_added(tag, by=by)
            there.add(code)
            added += 1
    return added


def _items(data, kind):
    found = data.get(kind.value, []) if isinstance(data, dict) else None
    if not isinstance(found, list):
        raise NotLoaded(f"{kind}: a list is wanted")
    return found


@transaction.atomic
def put_tag_in_its_place(*, tag, by):
    """Number the list of ``tag``'s kind from 1, with ``tag`` where its number says.

    What stood there moves on by one. What becomes of ``tag`` itself is the caller's to write down.
    """
    tags = [
        each
        for each in NeedTag.objects.select_for_update().filter(kind=tag.kind).in_order()
        if each.pk != tag.pk
    ]
    tags.insert(max(0, tag.number - 1), tag)
    for number, each in enumerate(tags, start=1):
        if each.number == number:
            continue
        before = values(each)
        each.number = number
        each.save(update_fields=["number"])
        if each.pk != tag.pk:
            record_changed(each, before, by=by)
