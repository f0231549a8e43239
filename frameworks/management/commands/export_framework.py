from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from frameworks.exchange import JSON, YAML, dump
from frameworks.models import Edition


class Command(BaseCommand):
    help = "Write an edition of the framework as JSON or YAML to standard output."

    def add_arguments(self, parser):
        parser.add_argument("code")
        parser.add_argument(
            "--format", choices=[JSON, YAML], default=JSON, dest="notation"
        )

    def handle(self, *, code, notation, **options):
        edition = Edition.objects.filter(code=code).first()
        if edition is None:
            known = ", ".join(Edition.objects.values_list("code", flat=True)) or "–"
            raise CommandError(
                _("There is no edition with the code “%(code)s”. Editions: %(known)s")
                % {"code": code, "known": known}
            )
        text = dump(edition, notation)
        # The bytes are UTF-8 whatever the terminal's locale is.
        stream = getattr(self.stdout._out, "buffer", None)
        if stream is None:
            self.stdout.write(text, ending="")
        else:
            stream.write(text.encode())
            stream.flush()
