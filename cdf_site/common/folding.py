"""Finding texts however their accents, capitals and apostrophes are typed.

``name_cy__folded="cwmbran"`` finds "Cwmbrân", and "ty" finds "tŷ". Both sides are folded in the
same way, by the database and here, without an extension.
"""

import unicodedata

from django.db.models import CharField, Lookup, TextField

ACCENTS = range(0x0300, 0x0370)
APOSTROPHES = "’‘\u02bc`\u00b4"  # curly ones, and accents that stand for one
WITHOUT_ACCENTS = dict.fromkeys(ACCENTS) | dict.fromkeys(map(ord, APOSTROPHES), "'")


def fold(text):
    """``text`` in small letters, without accents, with one kind of apostrophe."""
    if text is None:
        return None
    # Before they are taken apart: an accent that stands alone would become a space and an accent.
    text = text.translate(WITHOUT_ACCENTS)
    return unicodedata.normalize("NFD", text).translate(WITHOUT_ACCENTS).lower()


@CharField.register_lookup
@TextField.register_lookup
class Folded(Lookup):
    """Whether a text contains another, both folded."""

    lookup_name = "folded"

    def get_prep_lookup(self):
        return fold(str(self.rhs))

    def as_sqlite(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"instr(fold({left}), {right}) > 0", (*left_params, *right_params)

    def as_postgresql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        folded = f"lower(regexp_replace(normalize(translate({left}, %s, %s), NFD), %s, '', 'g'))"
        params = (APOSTROPHES, "'" * len(APOSTROPHES), r"[\u0300-\u036f]")
        return f"strpos({folded}, {right}) > 0", (*left_params, *params, *right_params)


def teach(*, connection, **kwargs):
    """Receiver of ``connection_created``: SQLite folds with the function here."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("fold", 1, fold, deterministic=True)
