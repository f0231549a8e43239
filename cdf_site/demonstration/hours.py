"""Hours of the day at which the invented people work."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

DAY_BEGINS = time(8)
DAY_LASTS = timedelta(hours=13, minutes=30)


def start_of_day(instant):
    """Midnight before ``instant``, in Wales."""
    midnight = datetime.combine(timezone.localdate(instant), time())
    return timezone.make_aware(midnight).astimezone(UTC)


def in_the_daytime(instant):
    """``instant`` moved to an hour at which people work; what came later stays later."""
    day = timezone.localdate(instant)
    midnight = start_of_day(instant)
    next_midnight = start_of_day(midnight + timedelta(hours=36))
    passed = (instant - midnight) / (next_midnight - midnight)
    begins = timezone.make_aware(datetime.combine(day, DAY_BEGINS)).astimezone(UTC)
    return begins + DAY_LASTS * passed
