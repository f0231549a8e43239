"""Settling an answer that two have changed: mine, theirs, or both joined."""

from assessments.forms import sent_fields
from cdf_site.common.two_texts import joined

SETTLES = {"keep_mine", "use_theirs", "join"}  # the buttons, whose value is the answer


def settled(data, sheet, page_items):
    """The posted page, with its answer as the button says that was pressed.

    To keep mine is to send it as it is. What is left out of the answer is in its history already,
    from the save that was refused. One button settles one answer: the others that stand beside
    another's go on from the version that was refused, and are shown again.
    """
    pressed = {name: data[name] for name in SETTLES if data.get(name)}
    ways = {pressed.get("use_theirs"): _theirs, pressed.get("join"): _both}
    for item in page_items if pressed else ():
        key, chosen = item.key, {}
        if key in ways:
            theirs = sent_fields(item, sheet.answer(item.subject))
            chosen = ways[key](data, key, theirs)
        elif key not in pressed.values() and f"{key}-base" in data:
            chosen = {f"{key}-version": [data[f"{key}-base"]]}
        if chosen:
            data = data.copy()
            for name, values in chosen.items():
                data.setlist(name, values)
    return data


def _theirs(data, key, theirs):
    return theirs


def _both(data, key, theirs):
    """Both texts, mine first; of what cannot be joined, mine where there is one."""
    chosen = {
        f"{key}-version": theirs[f"{key}-version"],
        f"{key}-text": [
            joined(data.get(f"{key}-text", ""), theirs.get(f"{key}-text", [""])[0])
        ],
    }
    for part in ("choice", "date"):
        names = [name for name in theirs if name.startswith(f"{key}-{part}")]
        if not any(data.get(name) for name in names):
            chosen |= {name: theirs[name] for name in names}
    return chosen
