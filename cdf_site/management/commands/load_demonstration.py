from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cdf_site.demonstration.loading import AlreadyInUse, Refused, load


class Command(BaseCommand):
    help = "Fill an empty database with invented people and self-reflections."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Where there are people or cycles already, or no demonstration is asked for, "
            "leave it at that.",
        )

    def handle(self, *, if_empty, **options):
        if if_empty and not settings.DEMONSTRATION:
            return
        try:
            load(say=self.say)
        except AlreadyInUse as refused:
            if not if_empty:
                raise CommandError(str(refused)) from refused
            self.say(str(refused))
            return
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.say(
            _("The demonstration is loaded. Its accounts: manage.py demo_accounts")
        )

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
