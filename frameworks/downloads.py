"""Editions as downloads."""

from django.http import Http404, HttpResponse

from frameworks.exchange import JSON, YAML, dump

MEDIA_TYPES = {JSON: "application/json", YAML: "application/yaml; charset=utf-8"}


def edition_file(edition, notation, *, has_notes):
    """``edition`` as a file, with editor's notes as the command writes it; Http404 for no known notation."""
    if notation not in MEDIA_TYPES:
        raise Http404
    name = f"framework-{edition.code}.{notation}"
    return HttpResponse(
        dump(edition, notation, has_notes=has_notes).encode(),
        content_type=MEDIA_TYPES[notation],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
