"""What a request asks for: which cycles and clusters, which part of the list."""

import functools
import re
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404
from django.utils.translation import gettext_lazy
from ninja import Schema
from pydantic import Field

from organisations.permissions import Permission, holds
from reporting.api import errors
from reporting.scopes import WALES, scope_of_code
from reporting.selectors import begun_cycles
from reporting.tallies import layout_of

MOST = 200  # in one answer
FURTHEST = 1_000_000
MONTH = re.compile(r"(?!0000)(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")


def described(default, description, **more):
    """A field of the OpenAPI document with a description in the language of whoever asks."""
    return Field(
        default,
        json_schema_extra=lambda schema: schema.update(description=str(description)),
        **more,
    )


class Part(Schema):
    limit: int = described(
        50, gettext_lazy("How many at most, up to 200."), ge=1, le=MOST
    )
    offset: int = described(
        0, gettext_lazy("How many to leave out first."), ge=0, le=FURTHEST
    )


class OfCycle(Schema):
    cycle: str = described(
        "", gettext_lazy("A cycle's code. Without one: every cycle that was opened.")
    )


class OfScope(Schema):
    scope: str = described(
        WALES,
        gettext_lazy(
            "The code of a scope: wales, or one of /scopes, or cluster- and a cluster's code."
        ),
    )


class Where(OfScope, OfCycle):
    pass


class OfOutcome(Schema):
    outcome: str = described(
        "", gettext_lazy("An outcome: its module's code, a full stop, its number.")
    )


@dataclass(frozen=True)
class Asked:
    """Who asks, and what of all there is: nothing that they may not open."""

    user: object
    scope: object
    cycles: list
    outcome_named: str = ""

    @cached_property
    def layouts(self):
        """What standings of each cycle are about, by the cycle's code: the queries of an edition."""
        by_edition = {}
        for cycle in self.cycles:
            if cycle.edition_id not in by_edition:
                by_edition[cycle.edition_id] = layout_of(cycle.edition)
        return {cycle.code: by_edition[cycle.edition_id] for cycle in self.cycles}

    @cached_property
    def about(self):
        """The outcome that was named, as its module's code and its number; None for all."""
        if not self.outcome_named:
            return None
        module, _dot, number = self.outcome_named.rpartition(".")
        for layout in self.layouts.values():
            for outcome in layout.outcomes:
                if (outcome.module.code, str(outcome.number)) == (module, number):
                    return outcome.module.code, outcome.number
        raise errors.WrongParameters(outcome=errors.UNKNOWN_OUTCOME)

    def is_about(self, outcome):
        return self.about in (None, (outcome.module.code, outcome.number))


def asked_for(request, *, scope=WALES, cycle="", outcome=""):
    """What the parameters name; 404 for a scope that is not there or not theirs to open."""
    user = request.auth
    found = scope_of_code(scope)
    if found is None or not holds(user, Permission.OPEN_SCOPE, found):
        raise Http404
    cycles = begun_cycles()
    if cycle:
        cycles = [each for each in cycles if each.code == cycle]
        if not cycles:
            raise errors.WrongParameters(cycle=errors.UNKNOWN_CYCLE)
    return Asked(user, found, cycles, outcome)


def part_of(request, rows, part, as_read, *, prepare=None):
    """A part of ``rows``, a queryset in a fixed order or a list, each of them ``as_read``.

    Two queries, and those of ``prepare``, which is given the rows of the part and returns what
    ``as_read`` gets beside each.
    """
    total = len(rows) if isinstance(rows, list) else rows.count()
    here = list(rows[part.offset : part.offset + part.limit])
    beside = [prepare(here)] if prepare else []
    after = part.offset + part.limit
    query = request.GET.copy()
    query["limit"], query["offset"] = part.limit, after
    return {
        "count": total,
        "next": f"{request.path}?{query.urlencode()}" if after < total else None,
        "results": [as_read(row, *beside) for row in here],
    }


def known_parameters_only(operation):
    """Refuse what is not understood: a slip in a filter's name must not open the filter."""

    @functools.wraps(operation)
    def refusing(request, **values):
        known = {
            name
            for value in values.values()
            if isinstance(value, Schema)
            for name in type(value).model_fields
        }
        unknown = {
            name: errors.UNKNOWN_PARAMETER for name in request.GET if name not in known
        }
        if unknown:
            raise errors.WrongParameters(**unknown)
        return operation(request, **values)

    return refusing
