"""Drawing one document of a pack, and putting all of them together: what a worker does."""

import io
import logging

import pikepdf

from reporting.models import Pack, PackPart
from reporting.models.packs import Fault
from reporting.packs.bound import TooMuch, write_bound
from reporting.packs.documents import render
from reporting.packs.files import path_of, path_of_part, remove_parts
from reporting.packs.zipping import write_zip
from reporting.pdf.press import NotDrawn, TooLong
from reporting.pdf.stored import written
from reporting.services import packs as services

logger = logging.getLogger(__name__)
WRITERS = {Pack.Form.ZIP: write_zip, Pack.Form.BOUND: write_bound}


def draw_part(number):
    """Draw the document with that number, where nobody else does.

    Returns whether it is to be tried again.
    """
    part = services.claim_part(part=number)
    if part is None:
        return False
    if not services.may_be_made(part=part):
        return services.fail_part(part=part, fault=Fault.REFUSED)
    try:
        content = render(part)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
    except TooLong:
        return services.fail_part(part=part, fault=Fault.TOO_LONG)
    except NotDrawn:
        return services.fail_part(part=part, fault=Fault.NOT_DRAWN)
    except Exception:
        # Whatever it is, the other documents of the pack are made all the same.
        logger.exception("A document of a pack could not be drawn")
        return services.fail_part(part=part, fault=Fault.NOT_DRAWN)
    with written(path_of_part(part)) as file:
        file.write(content)
    services.finish_part(part=part, pages=pages)
    return False


def put_together(number):
    """Make the file of the pack with that number, once each of its documents is made or given up.

    Returns whether it is to be tried again.
    """
    pack = services.claim_pack(pack=number)
    if pack is None:
        return False
    parts = list(pack.parts.select_related("submission").in_order())
    for part in parts:
        part.pack = pack
    if any(part.state == PackPart.State.DONE for part in parts):
        path = path_of(pack)
        try:
            with written(path) as file:
                WRITERS[pack.form](file, pack, parts)
        except TooMuch:
            services.fail_pack(pack=pack, fault=Fault.TOO_MANY)
        except Exception:
            # Above all: what joins the documents was killed.
            logger.exception("A pack could not be put together")
            return services.leave_pack(pack=pack)
        else:
            _finish(pack, path)
    else:
        services.fail_pack(pack=pack, fault=parts[0].fault)
    pack.refresh_from_db(fields=["state"])
    if not pack.is_under_way:
        remove_parts(pack)
    return False


def _finish(pack, path):
    if services.finish_pack(pack=pack, size=path.stat().st_size):
        return
    # Cancelled meanwhile. Where another worker has it, the same file lies there.
    pack.refresh_from_db(fields=["state"])
    if pack.state == Pack.State.CANCELLED:
        path.unlink(missing_ok=True)
