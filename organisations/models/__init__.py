"""Who there is: boards, authorities, clusters, people and what people are to them."""

from organisations.models.audit import AuditEvent
from organisations.models.changes import FormerName, Succession
from organisations.models.people import (
    CLUSTER_ROLES,
    LEAD_ROLES,
    LONGEST_NOTE,
    NATIONAL_ROLES,
    Invitation,
    Membership,
    Profession,
    Role,
    User,
    UserManager,
)
from organisations.models.places import (
    Cluster,
    HealthBoard,
    LocalAuthority,
    PlanningGroup,
    Population,
    RegionalPartnershipBoard,
    Rurality,
)

__all__ = [
    "CLUSTER_ROLES",
    "LEAD_ROLES",
    "LONGEST_NOTE",
    "NATIONAL_ROLES",
    "AuditEvent",
    "Cluster",
    "FormerName",
    "HealthBoard",
    "Invitation",
    "LocalAuthority",
    "Membership",
    "PlanningGroup",
    "Population",
    "Profession",
    "RegionalPartnershipBoard",
    "Role",
    "Rurality",
    "Succession",
    "User",
    "UserManager",
]
