from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from organisations.loading import Refused, load


class Command(BaseCommand):
    help = "Add the boards, authorities and clusters of a JSON file that are not there yet."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            added = load(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Refused as refused:
            raise CommandError(f"{file}: {refused}") from refused
        self.stdout.write(f"{added} added")
