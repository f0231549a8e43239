"""How long a session lasts, and what counts as being there.

The truth is in the session itself: when the person signed in, and when they were last seen.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone

BEGAN = "began"  # both in seconds since 1970
LAST_SEEN = "last_seen"
WRITTEN_EVERY = 60  # seconds: most requests of a busy person write nothing
WARNED_BEFORE = (
    180  # seconds; at least two minutes are promised, and timers may be late
)


@dataclass(frozen=True)
class TimeLeft:
    seconds: int
    may_extend: bool  # whether being there, now, would make it noticeably longer


def begin(sender, request, user, **kwargs):
    """Note when a person signed in; receives Django's signal."""
    request.session[BEGAN] = request.session[LAST_SEEN] = _now()


def time_left(session):
    """How long this session still lasts if nobody does anything.

    One that does not say when it began is over.
    """
    now = _now()
    idle = session.get(LAST_SEEN, 0) + settings.SESSION_IDLE_SECONDS - now
    absolute = session.get(BEGAN, 0) + settings.SESSION_ABSOLUTE_SECONDS - now
    return TimeLeft(
        seconds=max(0, min(idle, absolute)),
        may_extend=absolute - idle > WARNED_BEFORE,
    )


def is_over(session):
    return time_left(session).seconds == 0


def prolong(session, *, at_once=False):
    """Note that the person is there; ``at_once`` where they asked for it."""
    now = _now()
    if not at_once and now - session[LAST_SEEN] < WRITTEN_EVERY:
        return
    session[LAST_SEEN] = now
    # The row is gone where they signed out, or in anew, while this request was under way.
    with suppress(UpdateError):
        session.save()
    session.modified = False  # it is written: the cookie stays as it is


def does_not_prolong(view):
    """Mark a view whose requests a page makes by itself: they are no sign of a person."""
    view.prolongs_session = False
    return view


def _now():
    return int(timezone.now().timestamp())
