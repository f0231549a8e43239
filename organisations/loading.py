"""The organisations as a file: loading fixtures/organisations.json as often as one likes."""

import json

from django.db import transaction

from organisations.audit import record
from organisations.models import (
    AuditEvent,
    Cluster,
    HealthBoard,
    LocalAuthority,
    PlanningGroup,
    RegionalPartnershipBoard,
)

# In the order in which they refer to each other; each key of the file and what it holds.
TABLES = {
    "regional_partnership_boards": RegionalPartnershipBoard,
    "health_boards": HealthBoard,
    "local_authorities": LocalAuthority,
    "planning_groups": PlanningGroup,
    "clusters": Cluster,
}
REFERENCES = {
    "regional_partnership_board": RegionalPartnershipBoard,
    "health_board": HealthBoard,
    "local_authority": LocalAuthority,
    "planning_group": PlanningGroup,
}
BILINGUAL = {"name", "short_name", "local_cluster_name"}


class Refused(Exception):
    """The file cannot be loaded; nothing was changed."""


@transaction.atomic
def load(raw, *, by=None):
    """Add what the bytes ``raw`` hold and is not there yet; returns how many rows that was.

    What is there stays as administrators have edited it since. Raises Refused with the place and the
    reason for a bad file.
    """
    try:
        data = json.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise Refused(str(error)) from error
    added = 0
    for key, model in TABLES.items():
        there = set(model.objects.values_list("code", flat=True))
        for number, item in enumerate(data.get(key, []), start=1):
            try:
                if item["code"] not in there:
                    _create(model, item)
                    added += 1
            except (KeyError, TypeError, AttributeError) as error:
                raise Refused(f"{key}, {number}: {error}") from error
    if added:
        record(AuditEvent.Kind.ORGANISATIONS_LOADED, by=by, added=added)
    return added


def _create(model, item):
    fields = {}
    for key, value in item.items():
        if key in REFERENCES:
            found = value and REFERENCES[key].objects.filter(code=value).first()
            if value and found is None:
                raise KeyError(f"{key} {value}")
            fields[key] = found
        elif key in BILINGUAL:
            for language in ("cy", "en"):
                fields[f"{key}_{language}"] = value[language] if value else ""
        else:
            fields[key] = value
    model(**fields).save()
