"""What ``check --deploy`` says of how e-mail leaves."""

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def email_leaves(app_configs, **kwargs):
    """Without e-mail nobody is invited, and nobody who forgot their password signs in again."""
    if settings.EMAIL_BACKEND != "notifications.backends.NotSetUpBackend":
        return []
    return [
        checks.Warning(
            "EMAIL_URL is not set: invitations and new passwords are not sent.",
            hint="Set it in the environment; see .env.example.",
            id="notifications.W001",
        )
    ]
