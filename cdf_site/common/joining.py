"""Many short texts as one, joined by the database: the cheapest way to count what is in them."""

from django.db.models import Aggregate, TextField


class Joined(Aggregate):
    """The texts of a group one after the other, in no certain order; None where there are none."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, '')"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **extra):
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **extra)
