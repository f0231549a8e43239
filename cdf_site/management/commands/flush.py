from django.core.management.commands import flush
from django.db import connections

from cdf_site.common import triggers


class Command(flush.Command):
    """Django's flush, which lifts the append-only triggers while it empties the tables."""

    def handle(self, **options):
        connection = connections[options["database"]]
        triggers.drop(connection)
        try:
            super().handle(**options)
        finally:
            triggers.create(connection)
