"""Writing down who did what. Sign-ins come from Django's own signals."""

from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver

from cdf_site.common.addresses import client_address
from organisations.models import AuditEvent, User


def record(kind, /, *, by, subject=None, **details):
    """Append an audit event, in the transaction of the caller.

    ``details`` holds plain JSON values and never a person's answers or secrets.
    """
    return AuditEvent.objects.create(
        kind=kind,
        by=by if by and by.pk else None,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        details=details,
    )


@receiver(user_logged_in)
def record_sign_in(sender, request, user, **kwargs):
    record(AuditEvent.Kind.SIGNED_IN, by=user, address=client_address(request))


@receiver(user_logged_out)
def record_sign_out(sender, request, user, **kwargs):
    if user:
        record(AuditEvent.Kind.SIGNED_OUT, by=user)


@receiver(user_login_failed)
def record_failure(sender, credentials, request=None, **kwargs):
    # The address typed may be a password typed into the wrong field: only known ones are kept.
    email = User.normalise_email(str(credentials.get("username") or ""))
    known = User.objects.filter(email=email).first()
    record(
        AuditEvent.Kind.SIGN_IN_FAILED,
        by=None,
        subject=known,
        address=client_address(request),
    )
