from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from assessments.services.reminders import remind_of_actions, remind_of_deadlines
from notifications.services import send_digests
from peerreview.services.telling_said import tell_clusters_that_see


class Command(BaseCommand):
    """Once a day; a second time on the same day, or by two at once, sends nothing twice."""

    help = "Write the day's reminders, and send each person what waits for them in one e-mail."

    def handle(self, **options):
        written = sum(
            len(messages)
            for messages in (
                remind_of_deadlines(),
                remind_of_actions(),
                tell_clusters_that_see(),
            )
        )
        digests = send_digests()
        self.stdout.write(
            _("Reminders written: %(written)s. The day's e-mails: %(digests)s.")
            % {"written": written, "digests": digests}
        )
