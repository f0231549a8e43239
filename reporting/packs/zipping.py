"""A pack as one ZIP file: a PDF for each cluster, and a text that says what is in it and what is not."""

import re
import zipfile

from django.utils import timezone, translation
from django.utils.translation import pgettext

from reporting.files import LANGUAGES
from reporting.models import Pack, PackPart
from reporting.packs.contents import as_text, contents_of
from reporting.packs.files import path_of_part

# What the file systems of our readers' machines do not take in a name.
UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
LONGEST = 100  # characters
READABLE = 0o644 << 16  # a file's mode, where ZIP keeps it


def write_zip(file, pack, parts):
    """Write ``pack`` into ``file``. The same documents give the same bytes."""
    done = [part for part in parts if part.state == PackPart.State.DONE]
    languages = LANGUAGES[pack.language]
    names = [f"{name}.pdf" for name in names_of(pack, done)]
    with zipfile.ZipFile(file, "w") as archive:
        for language in languages:
            name, text = as_text(contents_of(pack, parts, names, language))
            _add(archive, f"{name}.txt", pack.asked_at, text)
        for part, name in zip(done, names, strict=True):
            # Stored as they are: a PDF is compressed.
            content = path_of_part(part).read_bytes()
            _add(archive, name, part.submission.submitted_at, content)


def names_of(pack, parts):
    """What the file of each part is called, without its ending: no two alike, on any machine."""
    language = LANGUAGES[pack.language][0]
    with translation.override(language):
        what = (
            pgettext("name of a file", "summary")
            if pack.document == Pack.Document.SUMMARY
            else pgettext("name of a file", "full report")
        )
    names, taken = [], set()
    for part in parts:
        fit = " ".join(UNFIT.sub(" ", part.name(language)).split())
        cluster = fit[:LONGEST].strip(" .")
        name, again = f"{cluster} - {what} - {pack.cycle.code}", 1
        while name.casefold() in taken:
            again += 1
            name = f"{cluster} ({again}) - {what} - {pack.cycle.code}"
        taken.add(name.casefold())
        names.append(name)
    return names


def _add(archive, name, instant, content):
    moment = timezone.localtime(instant).timetuple()[:6]
    entry = zipfile.ZipInfo(name, date_time=moment)
    entry.external_attr = READABLE
    entry.create_system = 3  # Unix, on whatever it is made
    archive.writestr(entry, content)
