"""The ground a benchmark stands on: the framework, the real organisations, people and a cycle."""

import datetime
import sys

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from assessments import services
from assessments.models import Cycle
from frameworks.models import Edition
from organisations.models import Membership, User

FIXTURES = settings.BASE_DIR / "fixtures"


def build():
    """Fill the empty database with the framework and the organisations."""
    call_command("migrate", verbosity=0)
    for command, fixture in (
        ("load_framework", "framework-2022-05.json"),
        ("load_organisations", "organisations.json"),
        ("load_needs", "needs.json"),
    ):
        call_command(command, FIXTURES / fixture, stdout=sys.stderr)


def person(email, role, *, password_hash="", **scope):
    """Somebody with one membership; hashing a password takes long, and may be done once for all."""
    user = User.objects.create_user(email)
    if password_hash:
        user.password = password_hash
        user.save(update_fields=["password"])
    Membership.objects.create(user=user, role=role, **scope)
    return user


def open_cycle(*, by):
    now = timezone.now()
    cycle = Cycle.objects.create(
        code="bench",
        name_cy="Cylch",
        name_en="Cycle",
        edition=Edition.objects.get(),
        opens_at=now - datetime.timedelta(days=1),
        closes_at=now + datetime.timedelta(days=30),
    )
    return services.open_cycle(cycle=cycle, by=by)
