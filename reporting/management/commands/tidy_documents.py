from django.core.management.base import BaseCommand

from reporting.packs import files
from reporting.pdf import stored


class Command(BaseCommand):
    help = (
        "Throws away packs whose week is over and documents that nobody asked for in a month. "
        "All of them can be made again."
    )

    def handle(self, **options):
        packs, documents = files.tidy(), stored.tidy()
        self.stdout.write(f"Removed: {packs} of packs, {documents} documents")
