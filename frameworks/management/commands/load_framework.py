from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from frameworks.exchange import JSON, LARGEST_FILE, Refused, load, notation_of


class Command(BaseCommand):
    help = "Publish the edition of the framework that a JSON or YAML file holds."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            with file.open("rb") as stream:
                raw = stream.read(LARGEST_FILE + 1)  # more is refused unread
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        try:
            edition, is_new = load(raw, notation=notation_of(file.name) or JSON)
        except Refused as refused:
            lines = "\n".join(f"{file}: {line}" for line in str(refused).splitlines())
            raise CommandError(
                f"{lines}\n" + _("The file was refused and nothing was changed.")
            ) from refused
        message = _("loaded") if is_new else _("already there, unchanged")
        self.stdout.write(f"{edition.code}: {message}")
