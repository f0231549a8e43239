import json

from django.core.management.base import BaseCommand

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
        self.stdout.write(as_json(rows) if json else as_table(rows))


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
