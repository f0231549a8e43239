from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Self-reflection")

    def ready(self):
        # Imported here because Django's registry has to be ready first.
        from assessments.edition_uses import (  # noqa: PLC0415
            cycles_that_need,
            whom_a_correction_concerns,
        )
        from frameworks.uses import tell_concerned, tell_uses  # noqa: PLC0415

        tell_uses(cycles_that_need)
        tell_concerned(whom_a_correction_concerns)
