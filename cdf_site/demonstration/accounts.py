"""Who can sign in to the demonstration: roles of real places, held by nobody."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, override

from organisations.models import Membership, Profession, Role

# For every account: the people are invented and the service listens on this machine only.
PASSWORD = "clwstwr-cluster"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """One person of the demonstration; the scope is a code, empty for the national roles."""

    email: str
    role: Role
    language: str
    cluster: str = ""
    health_board: str = ""
    profession: str = ""


# First one for each role, then those that show other states of a self-reflection.
ACCOUNTS = (
    Account(
        "lead.afan@example.test",
        Role.CLUSTER_LEAD,
        "cy",
        cluster="afan",
        profession=Profession.GENERAL_PRACTICE,
    ),
    Account(
        "contributor.afan@example.test",
        Role.CONTRIBUTOR,
        "en",
        cluster="afan",
        profession=Profession.PHARMACY,
    ),
    Account(
        "officer.swansea-bay@example.test",
        Role.HEALTH_BOARD_OFFICER,
        "en",
        health_board="7A3",
    ),
    Account("national@example.test", Role.NATIONAL_OFFICER, "cy"),
    Account("translator@example.test", Role.TRANSLATOR, "cy"),
    Account("administrator@example.test", Role.ADMINISTRATOR, "en"),
    Account("lead.neath@example.test", Role.CLUSTER_LEAD, "en", cluster="neath"),
    Account("lead.arfon@example.test", Role.CLUSTER_LEAD, "cy", cluster="arfon"),
    Account(
        "deputy.arfon@example.test",
        Role.DEPUTY_LEAD,
        "cy",
        cluster="arfon",
        profession=Profession.COMMUNITY_NURSING,
    ),
    Account(
        "lead.newport-east@example.test",
        Role.CLUSTER_LEAD,
        "en",
        cluster="newport-east",
    ),
    Account("lead.llanelli@example.test", Role.CLUSTER_LEAD, "cy", cluster="llanelli"),
    Account("lead.rhondda@example.test", Role.CLUSTER_LEAD, "en", cluster="rhondda"),
    Account(
        "lead.cardiff-west@example.test",
        Role.CLUSTER_LEAD,
        "en",
        cluster="cardiff-west",
    ),
    Account(
        "lead.city-health@example.test",
        Role.CLUSTER_LEAD,
        "en",
        cluster="city-health",
    ),
    Account("lead.penderi@example.test", Role.CLUSTER_LEAD, "cy", cluster="penderi"),
    Account(
        "officer.betsi-cadwaladr@example.test",
        Role.HEALTH_BOARD_OFFICER,
        "cy",
        health_board="7A1",
    ),
)

# What a person is called, by the language they prefer.
NAMES = {
    Role.CLUSTER_LEAD: {"cy": "Arweinydd, {scope}", "en": "Lead, {scope}"},
    Role.DEPUTY_LEAD: {
        "cy": "Dirprwy arweinydd, {scope}",
        "en": "Deputy lead, {scope}",
    },
    Role.CONTRIBUTOR: {"cy": "Cyfrannwr, {scope}", "en": "Contributor, {scope}"},
    Role.HEALTH_BOARD_OFFICER: {"cy": "Swyddog, {scope}", "en": "Officer, {scope}"},
    Role.NATIONAL_OFFICER: {
        "cy": "Swyddog y rhaglen genedlaethol",
        "en": "National programme officer",
    },
    Role.TRANSLATOR: {"cy": "Cyfieithydd", "en": "Translator"},
    Role.ADMINISTRATOR: {"cy": "Gweinyddwr", "en": "Administrator"},
}
# What the roles without a cluster or board look after.
NATIONAL_SCOPES = {
    Role.NATIONAL_OFFICER: {"cy": "Cymru gyfan", "en": "All of Wales"},
    Role.TRANSLATOR: {
        "cy": "Testunau'r fframwaith",
        "en": "The texts of the framework",
    },
    Role.ADMINISTRATOR: {"cy": "Gweinyddu", "en": "Administration"},
}


@dataclass(frozen=True)
class ListedAccount:
    """An account as the sign-in page shows it, in both languages at once."""

    role: str
    role_cy: str
    role_en: str
    email: str
    password: str
    scope_cy: str
    scope_en: str
    large_print: bool
    shares_meeting_note: bool

    @property
    def role_label(self):
        return Role(self.role).label

    @property
    def scope(self):
        return self.scope_cy if get_language() == "cy" else self.scope_en


def demonstration_accounts():
    """The accounts that anybody may use, where the demonstration is on and loaded; one query."""
    if not settings.DEMONSTRATION:
        return []
    memberships = {
        membership.user.email: membership
        for membership in Membership.objects.current()
        .filter(user__email__in=[account.email for account in ACCOUNTS])
        .exclude(user__is_active=False)
        .select_related("user", "cluster", "health_board")
    }
    return [
        _listed(account, memberships[account.email])
        for account in ACCOUNTS
        if account.email in memberships
    ]


def _listed(account, membership):
    place = membership.cluster or membership.health_board
    scope = (
        {"cy": place.name_cy, "en": place.name_en}
        if place
        else NATIONAL_SCOPES[account.role]
    )
    return ListedAccount(
        role=account.role.value,
        role_cy=_in_language(account.role.label, "cy"),
        role_en=_in_language(account.role.label, "en"),
        email=account.email,
        password=PASSWORD,
        scope_cy=scope["cy"],
        scope_en=scope["en"],
        large_print=membership.user.large_print,
        shares_meeting_note=membership.user.shares_meeting_note,
    )


def _in_language(label, language):
    with override(language):
        return str(label)
