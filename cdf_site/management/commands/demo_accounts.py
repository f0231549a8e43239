import json

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from cdf_site.demonstration import demonstration_accounts

COLUMNS = ("role", "email", "password", "scope")


class Command(BaseCommand):
    help = "Show the accounts of the demonstration; none where it is not loaded."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="Write them as JSON.")

    def handle(self, *, json: bool, **options):
        rows = [
            {column: getattr(account, column) for column in COLUMNS}
            for account in demonstration_accounts()
        ]
        if json:
            self.stdout.write(as_json(rows))
        elif rows:
            self.stdout.write(as_table(rows))
        else:
            self.stdout.write(
                _(
                    "There are no accounts: the demonstration is not loaded, or not asked for "
                    "(DEMONSTRATION=1)."
                )
            )


def as_json(rows):
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_table(rows):
    widths = {
        column: max([len(column), *(len(row[column]) for row in rows)])
        for column in COLUMNS
    }
    lines = [{column: column for column in COLUMNS}, *rows]
    return "\n".join(
        "  ".join(line[column].ljust(widths[column]) for column in COLUMNS).rstrip()
        for line in lines
    )
