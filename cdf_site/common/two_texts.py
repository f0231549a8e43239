"""Two texts that two people wrote in one place."""


def joined(mine, theirs):
    """Both texts with a blank line between; one where it says what the other says."""
    mine = mine.replace("\r\n", "\n").strip()
    theirs = theirs.strip()
    if theirs in mine:
        return mine
    if mine in theirs:
        return theirs
    return f"{mine}\n\n{theirs}"
