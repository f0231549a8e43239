from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("E-mails")

    def ready(self):
        # Imported because it registers what it checks.
        from notifications import checks  # noqa: F401, PLC0415
