from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from frameworks.exchange import dump
from frameworks.models import Edition


class Command(BaseCommand):
    help = "Write an edition of the framework as JSON to standard output."

    def add_arguments(self, parser):
        parser.add_argument("code")

    def handle(self, *, code, **options):
        edition = Edition.objects.filter(code=code).first()
        if edition is None:
            known = ", ".join(Edition.objects.values_list("code", flat=True)) or "–"
            raise CommandError(
                _("There is no edition with the code “%(code)s”. Editions: %(known)s")
                % {"code": code, "known": known}
            )
        # The bytes are UTF-8 whatever the terminal's locale is.
        stream = getattr(self.stdout._out, "buffer", None)
        if stream is None:
            self.stdout.write(dump(edition), ending="")
        else:
            stream.write(dump(edition).encode())
            stream.flush()
