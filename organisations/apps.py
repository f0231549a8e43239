from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "organisations"
    verbose_name = _("Organisations and people")

    def ready(self):
        # Imported for its receivers of Django's sign-in signals.
        from organisations import audit  # noqa: F401, PLC0415
