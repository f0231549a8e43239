"""Everything at once, an object a line (NDJSON): written while it is read, in constant memory."""

import json

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from reporting import facts
from reporting.api import errors
from reporting.api.asking import (
    OfOutcome,
    Where,
    asked_for,
    described,
    known_parameters_only,
)

router = Router()
NDJSON = "application/x-ndjson; charset=utf-8"
AN_OBJECT_A_LINE = {
    "responses": {
        200: {
            "description": "OK",
            "content": {"application/x-ndjson": {"schema": {"type": "object"}}},
        }
    }
}
NAMES = [column.code for column in facts.COLUMNS]


class FactFilters(Where):
    kind: str = described(
        "", gettext_lazy("A kind of fact, as the data dictionary lists them.")
    )


class AnswerFilters(Where, OfOutcome):
    pass


@router.get(
    "/facts",
    url_name="facts",
    summary=gettext_lazy("Every fact that you may see, a line each"),
    openapi_extra=AN_OBJECT_A_LINE,
)
@known_parameters_only
def every_fact(request, filters: Query[FactFilters]):
    asked = asked_for(request, scope=filters.scope, cycle=filters.cycle)
    if filters.kind and filters.kind not in facts.KINDS:
        raise errors.WrongParameters(kind=errors.WRONG_VALUE)
    rows = facts.of(asked.user, asked.scope, asked.cycles, filters.kind)
    return _streamed(dict(zip(NAMES, row, strict=True)) for row in rows)


@router.get(
    "/answers",
    url_name="answers",
    summary=gettext_lazy(
        "Every answer of the latest submissions that you may read, with its words, a line each"
    ),
    openapi_extra=AN_OBJECT_A_LINE,
)
@known_parameters_only
def answers(request, filters: Query[AnswerFilters]):
    asked = asked_for(
        request, scope=filters.scope, cycle=filters.cycle, outcome=filters.outcome
    )
    about = asked.about
    return _streamed(
        said
        for said in facts.said_of(asked.user, asked.scope, asked.cycles)
        if about in (None, (said["module"], said["outcome"]))
    )


def as_lines(objects):
    """Each of ``objects`` as JSON on a line of its own, as it is taken."""
    for each in objects:
        line = json.dumps(each, ensure_ascii=False, default=_plain)
        yield f"{line}\n".encode()


def _streamed(objects):
    return StreamingHttpResponse(as_lines(objects), content_type=NDJSON)


def _plain(value):
    """A decimal as a number."""
    return int(value) if value == value.to_integral_value() else float(value)
