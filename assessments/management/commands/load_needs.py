from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from assessments.services.needs import NotLoaded, load_needs


class Command(BaseCommand):
    help = "Add the barriers and support needs of a JSON file that are not there yet."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            added = load_needs(raw=file.read_bytes(), by=None)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except NotLoaded as refused:
            raise CommandError(f"{file}: {refused}") from refused
        self.stdout.write(f"{added} added")
