from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from frameworks.exchange import Refused, load


class Command(BaseCommand):
    help = "Publish the edition of the framework that a JSON file holds."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            raw = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        try:
            edition, is_new = load(raw)
        except Refused as refused:
            lines = "\n".join(f"{file}: {problem}" for problem in refused.problems)
            raise CommandError(
                f"{lines}\n" + _("The file was refused and nothing was changed.")
            ) from refused
        message = _("loaded") if is_new else _("already there, unchanged")
        self.stdout.write(f"{edition.code}: {message}")
