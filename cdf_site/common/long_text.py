"""Our light mark-up for long texts, parsed into blocks that a page and a PDF both draw.

Paragraphs are separated by blank lines; ``## `` and ``### `` begin headings; ``- ``
begins a bullet, and two more spaces before it put the bullet inside the one above.
"""

import re
from dataclasses import dataclass, field

LINE_END = re.compile(r"\r\n|\r|\n")
HEADING = re.compile(r"(#{2,3})[ \t]+(.+)")
BULLET = re.compile(r"([ \t]*)-[ \t]+(.+)")
# A blank line, or the end of the line above a list or a heading.
OPENING_END = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*-[ \t]|#{2,3}[ \t])")


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Heading:
    """``depth`` is 1 for ``##`` and 2 for ``###``; the reader decides what level that is."""

    depth: int
    text: str


@dataclass
class Bullet:
    text: str
    children: list["Bullet"] = field(default_factory=list)


@dataclass
class BulletList:
    items: list[Bullet] = field(default_factory=list)


Block = Paragraph | Heading | BulletList


def parse(text: str | None) -> list[Block]:
    """Return the blocks of ``text``; nothing in it is ever dropped or refused."""
    blocks: list[Block] = []
    path: list[tuple[int, Bullet]] = []  # the bullets that the next line may go under
    paragraph: list[str] = []

    def end_paragraph():
        if paragraph:
            blocks.append(Paragraph(" ".join(paragraph)))
            paragraph.clear()

    after_blank = True
    for line in LINE_END.split(text or ""):
        content = line.strip(" \t\f")
        indent = len(_indent(line))
        if not content:
            end_paragraph()
        elif heading := HEADING.fullmatch(content):
            end_paragraph()
            path.clear()
            blocks.append(Heading(len(heading[1]) - 1, heading[2]))
        elif bullet := BULLET.fullmatch(line.rstrip(" \t\f")):
            end_paragraph()
            _add_bullet(blocks, path, indent, Bullet(bullet[2]))
        elif path and indent > path[-1][0] and not after_blank:
            path[-1][1].text += f" {content}"
        else:
            path.clear()
            paragraph.append(content)
        after_blank = not content
    end_paragraph()
    return blocks


def opening(text: str) -> tuple[str, str]:
    """The first paragraph of ``text``, for a place that holds no list, and what follows it."""
    first, *rest = OPENING_END.split(text, maxsplit=1)
    return first, "".join(rest)


def _indent(line):
    expanded = line.expandtabs(2)
    return expanded[: len(expanded) - len(expanded.lstrip(" "))]


def _add_bullet(blocks, path, indent, bullet):
    if not path:
        blocks.append(BulletList([bullet]))
    else:
        while len(path) > 1 and indent <= path[-1][0]:
            path.pop()
        if indent > path[-1][0]:
            path[-1][1].children.append(bullet)
        else:
            path.pop()
            blocks[-1].items.append(bullet)
    path.append((indent, bullet))
