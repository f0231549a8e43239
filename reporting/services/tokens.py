"""Making personal tokens, taking them back, and opening the door to who carries one."""

import datetime
import hashlib
import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from organisations.audit import record
from organisations.models import AuditEvent, User
from organisations.permissions import Permission, authorise, holds
from reporting.models import PersonalToken

LONGEST = datetime.timedelta(days=365)
MOST_AT_ONCE = 10  # tokens of one person that open something
A_MINUTE = datetime.timedelta(minutes=1)
REQUESTS_A_MINUTE = 120
# By which people, and programs that look for secrets in the wrong places, know ours.
BEGINNING = "cdf_"


class TooManyTokens(Exception):
    """One person has as many tokens as one may have."""


class NameTaken(Exception):
    """There is one of that name already: whoever sends the form twice gets one token."""


class TooManyRequests(Exception):
    """More in a minute than a program may ask; ``seconds`` until it may ask again."""

    def __init__(self, seconds):
        super().__init__(seconds)
        self.seconds = seconds


def hash_of(secret):
    """What is stored: the secret is random and long, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(*, name, lasts, by):
    """A new token of one's own and its secret, which is shown once and not stored."""
    authorise(by, Permission.HOLD_TOKENS)
    if not datetime.timedelta() < lasts <= LONGEST:
        raise ValueError(lasts)
    User.objects.select_for_update().get(pk=by.pk)  # who counts what is theirs
    own = PersonalToken.objects.visible_to(by).valid()
    if own.filter(name=name).exists():
        raise NameTaken
    if own.count() >= MOST_AT_ONCE:
        raise TooManyTokens
    secret = BEGINNING + secrets.token_urlsafe(32)
    now = timezone.now()
    token = PersonalToken.objects.create(
        user=by,
        name=name,
        secret_hash=hash_of(secret),
        hint=secret[:8],
        created_at=now,
        expires_at=now + lasts,
    )
    record(
        AuditEvent.Kind.ADDED,
        by=by,
        subject=token,
        what="personal_token",
        expires_at=token.expires_at.isoformat(),
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token, by):
    """Take one's token back; from now on it opens nothing. Once is enough."""
    token = PersonalToken.objects.select_for_update().get(pk=token.pk)
    if token.user_id != by.pk:
        raise PermissionDenied("revoking somebody else's token refused")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(AuditEvent.Kind.REMOVED, by=by, subject=token, what="personal_token")
    return token


def owner_of(*, secret):
    """Whose token ``secret`` is, with what they are to whom today; None where it opens nothing.

    Counts the request, of which there may be so many in the minute that began with the first of
    them: raises ``TooManyRequests``. Raises PermissionDenied for whoever may hold tokens no more.
    """
    token = (
        PersonalToken.objects.valid()
        .select_related("user")
        .filter(secret_hash=hash_of(secret))
        .first()
    )
    if token is None:
        return None
    _count_request(token)
    if not holds(token.user, Permission.HOLD_TOKENS):
        raise PermissionDenied(f"{Permission.HOLD_TOKENS} refused")
    return token.user


def _count_request(token):
    """One statement, or two, without a lock: two requests at once are both counted."""
    now = timezone.now()
    same = PersonalToken.objects.filter(pk=token.pk)
    is_over = Q(minute_began_at=None) | Q(minute_began_at__lte=now - A_MINUTE)
    if same.filter(is_over).update(
        minute_began_at=now, minute_count=1, last_used_at=now
    ):
        return
    if not same.filter(minute_count__lt=REQUESTS_A_MINUTE).update(
        minute_count=F("minute_count") + 1
    ):
        began_at = same.values_list("minute_began_at", flat=True).get()
        left = began_at + A_MINUTE - now
        raise TooManyRequests(max(1, -(-left // datetime.timedelta(seconds=1))))
