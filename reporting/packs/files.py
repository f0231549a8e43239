"""Where packs and their documents lie on the disk while they are needed.

Beside the documents of ``reporting.pdf.stored``: what one machine writes another reads where the
folder is shared. Everything is written beside its place and renamed, so nothing is ever half there.
"""

import shutil
import time
from pathlib import Path

from django.conf import settings

from reporting.models import Pack
from reporting.services.packs import expire_packs

ENDINGS = {Pack.Form.ZIP: "zip", Pack.Form.BOUND: "pdf"}
ONE_DAY = 24 * 60 * 60


def path_of(pack):
    """The file of ``pack``."""
    return _folder() / f"{pack.token}.{ENDINGS[pack.form]}"


def path_of_part(part):
    """The document of ``part``, until its pack is put together."""
    return _folder_of_parts(part.pack) / f"{part.position:04}.pdf"


def path_of_contents(pack):
    """What stands before the documents in one PDF, until it is joined with them."""
    return _folder_of_parts(pack) / "contents.pdf"


def remove_parts(pack):
    """Throw the documents of ``pack`` away, which are in its file now or of no use any more."""
    shutil.rmtree(_folder_of_parts(pack), ignore_errors=True)


def tidy():
    """Throw away the files of packs whose time is over, and what crashes left; how many that were."""
    for pack in expire_packs():
        remove_parts(pack)
    needed = set(Pack.objects.under_way().values_list("token", flat=True))
    needed |= set(Pack.objects.with_file().values_list("token", flat=True))
    before = time.time() - ONE_DAY
    count = 0
    for path in _folder().glob("*"):
        token = path.name.partition(".")[0]
        is_over = Pack.objects.filter(token=token).exists()
        if token in needed or not (is_over or path.stat().st_mtime < before):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count


def _folder():
    return Path(settings.DOCUMENTS_ROOT, "packs")


def _folder_of_parts(pack):
    return _folder() / pack.token
