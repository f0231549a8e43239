"""Compiles the catalogues of messages without gettext, which few machines have."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent.parent / "locale"


def compile_catalogues(locale=LOCALE):
    """Write a .mo beside each .po that is newer; return the .po files compiled."""
    compiled = []
    for source in sorted(Path(locale).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        # Renamed into place, so that a server starting now never reads half a file.
        unfinished = source.with_suffix(".mo.part")
        polib.pofile(source).save_as_mofile(unfinished)
        unfinished.replace(target)
        compiled.append(source)
    return compiled


if __name__ == "__main__":
    for catalogue in compile_catalogues():
        print("messages:", catalogue.relative_to(LOCALE.parent))  # noqa: T201
