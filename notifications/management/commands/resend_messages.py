from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Message
from notifications.services import send_again

STILL_ON_ITS_WAY = timedelta(minutes=5)  # a request may be sending it just now


class Command(BaseCommand):
    help = "Send again the e-mails that did not leave and hold no secret."

    def handle(self, **options):
        settled = timezone.now() - STILL_ON_ITS_WAY
        messages = list(
            Message.objects.waiting()
            .filter(created_at__lt=settled)
            .select_related("recipient")
            .order_by("pk")
        )
        sent = send_again(messages=messages)
        self.stdout.write(
            _("Sent now: %(sent)s of %(total)s")
            % {"sent": sent, "total": len(messages)}
        )
