from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from notifications.models import Message
from notifications.services import send_again


class Command(BaseCommand):
    help = "Send again the e-mails that did not leave and hold no secret."

    def handle(self, **options):
        messages = list(Message.objects.waiting().order_by("pk"))
        sent = send_again(messages=messages)
        self.stdout.write(
            _("Sent now: %(sent)s of %(total)s")
            % {"sent": sent, "total": len(messages)}
        )
