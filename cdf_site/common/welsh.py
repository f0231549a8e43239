"""The order of the Welsh alphabet, the same on every database.

Collations of databases differ and read every "ng" as the letter ng (Bangor before Bala), so a
name's place is computed here once and stored with it.
"""

import re
import unicodedata

ALPHABET = [
    "a",
    "b",
    "c",
    "ch",
    "d",
    "dd",
    "e",
    "f",
    "ff",
    "g",
    "ng",
    "h",
    "i",
    "j",
    "k",
    "l",
    "ll",
    "m",
    "n",
    "o",
    "p",
    "ph",
    "q",
    "r",
    "rh",
    "s",
    "t",
    "th",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
]
_PLACE = {letter: f"{place:02}" for place, letter in enumerate(ALPHABET, start=1)}
_LETTER = re.compile("|".join(sorted(ALPHABET, key=len, reverse=True)) + r"|[0-9]|\s+")

_ENGLISH = "0123456789abcdefghijklmnopqrstuvwxyz"

# COMBINING GRAPHEME JOINER: put between n and g, r and h …, it keeps two letters apart.
JOINER = "\u034f"

# Words whose n and g are two letters; matched at the start of a word.
APART = [
    ("bangor", "ban" + JOINER + "gor"),
    ("bancffos", "banc" + JOINER + "ffos"),
    ("brongwyn", "bron" + JOINER + "gwyn"),
    ("llangadog", "llan" + JOINER + "gadog"),
    ("llangefni", "llan" + JOINER + "gefni"),
    ("llangennech", "llan" + JOINER + "gennech"),
    ("llangollen", "llan" + JOINER + "gollen"),
    ("llangors", "llan" + JOINER + "gors"),
    ("llangynidr", "llan" + JOINER + "gynidr"),
    ("llangynog", "llan" + JOINER + "gynog"),
    ("pengam", "pen" + JOINER + "gam"),
    ("pengwern", "pen" + JOINER + "gwern"),
]


def _folded(text):
    """Small letters without accents, with the joiner kept."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(
        letter
        for letter in decomposed
        if letter == JOINER or not unicodedata.combining(letter)
    )


def welsh_key(text):
    """Return digits that sort as ``text`` does in the Welsh alphabet.

    Digits only, because under a Welsh collation of the database even "dd" in a hexadecimal key
    would be one letter. Words are compared one after the other; accents, case and marks
    do not count.
    """
    words = re.split(r"[\s/-]+", _folded(text))
    keys = []
    for word in words:
        for start, apart in APART:
            if word.startswith(start):
                word = apart + word[len(start) :]
                break
        letters = _LETTER.findall(word)
        keys.append("".join(_PLACE.get(letter, f"9{letter}") for letter in letters))
    return "00".join(key for key in keys if key)


def english_key(text):
    """Return digits that sort as ``text`` does in an English index: no accents, no case.

    Digits for the same reason as above: under a Welsh collation "ng" is one letter in English too.
    """
    words = re.findall(r"[a-z0-9]+", _folded(text).replace(JOINER, ""))
    return "00".join(
        "".join(f"{_ENGLISH.index(letter) + 1:02}" for letter in word) for word in words
    )
