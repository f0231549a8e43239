"""What every page's frame shows: where one can go, in which language, and whose page it is."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cdf_site.common import sessions
from cdf_site.common.drafts import draft_key
from cdf_site.demonstration import demonstration_accounts
from organisations.models import CLUSTER_ROLES, Role
from organisations.permissions import Permission, holds

OFFICERS = (Role.HEALTH_BOARD_OFFICER, Role.NATIONAL_OFFICER)
LANGUAGE_NAMES = {"cy": "Cymraeg", "en": "English"}


@dataclass(frozen=True)
class NavigationItem:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class OtherLanguage:
    code: str
    label: str
    url: str


def interface(request):
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "other_language": other_language(request),
        "time_left": SimpleLazyObject(lambda: sessions.time_left(request.session)),
        "warned_before": sessions.WARNED_BEFORE,
        "demonstration": settings.DEMONSTRATION,
        "demonstration_accounts": SimpleLazyObject(demonstration_accounts),
        "draft_key": SimpleLazyObject(lambda: draft_key(request.user)),
    }


def other_language(request):
    """The same page in the other language."""
    code = "en" if get_language() == "cy" else "cy"
    return OtherLanguage(
        code=code,
        label=LANGUAGE_NAMES[code],
        url=translate_url(request.get_full_path(), code),
    )


def navigation(request):
    """The places that this person's roles lead to."""
    match = request.resolver_match
    here = match and (match.app_name or match.url_name)
    user = getattr(request, "user", None)
    is_signed_in = user and user.is_authenticated
    if here == "assessments" and is_signed_in and not user.has_role(*CLUSTER_ROLES):
        here = "reporting"  # whence officers come to a cluster's pages

    def item(label, name):
        url = reverse(name)
        place = name.split(":")[0]
        return NavigationItem(label=label, url=url, current=here == place)

    items = []
    if user and user.is_authenticated:
        items.append(item(_("Home"), "home"))
        if user.has_role(*CLUSTER_ROLES):
            items.append(item(_("Self-reflection"), "assessments:mine"))
        if user.has_role(*OFFICERS):
            items.append(
                item(
                    pgettext("page of a health board", "Progress"), "reporting:results"
                )
            )
        if holds(user, Permission.READ_DASHBOARD):
            items.append(item(_("Dashboard"), "dashboard:start"))
        if user.has_role(*CLUSTER_ROLES, *OFFICERS):
            items.append(item(_("Key indicators"), "indicators:indicator_list"))
            items.append(item(pgettext("undertaken", "Actions"), "actions:action_list"))
        items.append(item(_("Peer review"), "peerreview:round_list"))
        if holds(user, Permission.MANAGE_CYCLES):
            items.append(item(_("Cycles"), "cycles:cycle_list"))
    items.append(item(_("Framework"), "frameworks:current_edition"))
    if user and user.is_authenticated and holds(user, Permission.TRANSLATE):
        items.append(item(_("Translation"), "translation:translation_list"))
    if user and user.is_authenticated and holds(user, Permission.ADMINISTER):
        items.append(item(_("Administration"), "admin:index"))
    return items
