from django.core.management.base import BaseCommand

from reporting.models import Pack
from reporting.tasks import resume_pack


class Command(BaseCommand):
    help = (
        "Has made what belongs to packs and nobody works on, because a worker was lost."
    )

    def handle(self, **options):
        packs = list(Pack.objects.under_way().order_by("pk"))
        for pack in packs:
            resume_pack(pack)
        self.stdout.write(f"Packs that are being made: {len(packs)}")
