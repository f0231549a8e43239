"""Text that went through a wrong encoding on its way here: ``t樽m`` for ``tîm``."""

import re
import unicodedata

# What UTF-8 looks like after it was read as Windows-1252 or Latin-1: Å· for ŷ, â€™ for ’.
_MOJIBAKE = re.compile("[ÃÂÅÄ][\u0080-\u00bfŒœŠšŽžŸƒ‚„†‡ˆ‰‹›]|â€|ï¿½")
_PLAIN = re.compile(r"[\n\x20-\x7e]*")


def spoiled_part(text):
    """The first piece of ``text`` that no Welsh or English sentence holds, or None.

    Control characters, replacement characters, letters of other scripts, and UTF-8 that was
    read as something else.
    """
    if _PLAIN.fullmatch(text):
        return None
    if match := _MOJIBAKE.search(text):
        return match[0]
    for character in text:
        if character == "\n":
            continue
        category = unicodedata.category(character)
        if category.startswith("C") or character == "\ufffd":
            return character
        if category.startswith("L") and not unicodedata.name(character, "").startswith(
            ("LATIN", "MODIFIER LETTER", "FEMININE ORDINAL", "MASCULINE ORDINAL")
        ):
            return character
    return None
