"""Foreign text into the words of an article: Markdown of the subset, safe links, a short lead.

Whatever comes in is untrusted. Control characters go, links keep only what is safe to press, and
what would be markup by accident is escaped.
"""

from __future__ import annotations

import re

from bot.knowledge.checks.text import LEAD_WORDS
from bot.knowledge.markdown import LINK_SCHEMES
from bot.knowledge.readability import plain, words
from bot.knowledge.render import sentences

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_BULLET = re.compile(r"^\s*(?:[•·▪◦‣*–-]|\u00b7)\s+(?=\S)")
_NUMBER = re.compile(r"^\s*(\d{1,3})[.)]\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:- |\d+\. )")
_LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_INSECURE = re.compile(r"\bhttp://", re.IGNORECASE)
_STOPPED = re.compile(r"[.!?:;…][\"'”’»)\]*_]*$")


def clean(text: str) -> str:
    """The text without what no database, terminal or page should be given."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text as one line of words."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Literal text as Markdown that shows just that."""
    text = clean(text).replace("`", "'").replace("\\", "\\\\").replace("*", "\\*")
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    return text.replace("](", "]\\(")


def emphasized(text: str, mark: str) -> str:
    """The text between marks; the space around it stays outside, where Markdown wants it."""
    bare = text.strip()
    if not bare:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{mark}{bare}{mark}{after}"


def safe_address(address: str) -> str | None:
    """The address when it is safe to press, made https; None for everything else."""
    address = one_line(address).replace(" ", "%20")
    if address.startswith("//"):
        address = f"https:{address}"
    elif address.lower().startswith("www."):
        address = f"https://{address}"
    scheme, colon, rest = address.partition(":")
    scheme = "https" if scheme.lower() == "http" else scheme.lower()
    safe = f"{scheme}{colon}{rest}"
    if not safe.startswith(LINK_SCHEMES) or not rest.strip("/"):
        return None
    return re.sub(r"[()<>\"\\\[\]]", lambda odd: f"%{ord(odd[0]):02X}", safe)


def link(label: str, address: str) -> str:
    """A link, or its label alone when the address is not safe to press. Both may be one."""
    target = safe_address(address)
    words_ = " ".join(label.split())
    if target is None or not words_:
        return words_
    if target.removeprefix("https://").rstrip("/") == words_.removeprefix("http://").rstrip("/"):
        return target
    return f"[{words_}]({target})"


def secure(text: str) -> str:
    """The text with every web address made https."""
    return _INSECURE.sub("https://", text)


def typed(text: str) -> str:
    """Markdown or plain text that somebody typed into a cell, within the subset.

    A line that ends a sentence ends a paragraph; dots and dashes at line starts make lists.
    """
    blocks: list[list[str]] = [[]]
    for line in secure(clean(text)).split("\n"):
        line = _typed_line(_SPACES.sub(" ", line).strip())
        last = blocks[-1][-1] if blocks[-1] else ""
        ended = bool(_STOPPED.search(last)) or bool(_ITEM.match(last))
        if not line:
            blocks.append([])
        elif last and bool(_ITEM.match(line)) == bool(_ITEM.match(last)) and _ITEM.match(line):
            blocks[-1].append(line)
        elif last and not ended and not _ITEM.match(line):
            blocks[-1][-1] = f"{last} {line}"
        else:
            blocks.append([line])
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def _typed_line(line: str) -> str:
    line = _LINK.sub(lambda found: "" if found[1] else link(found[2], found[3]), line)
    if heading := _HEADING.match(line):
        return f"**{heading[1].replace('*', '')}**"
    if number := _NUMBER.match(line):
        return f"{number[1]}. {line[number.end() :]}"
    return _BULLET.sub("- ", line)


def split_lead(text: str, most: int = LEAD_WORDS) -> tuple[str, str | None]:
    """The first words at a sentence's end, and the rest for "More".

    The lead is longer than `most` only when its first sentence is. A line that announces a list
    stays with its list.
    """
    units = [
        (at, piece)
        for at, block in enumerate(re.split(r"\n[^\S\n]*\n", text.strip()))
        for piece in ([block] if _ITEM.match(block) else sentences(block) or [block])
    ]
    count = total = 0
    for _, piece in units:
        total += word_count(piece)
        if total > most:
            break
        count += 1
    count = max(1, count)
    if 1 < count < len(units) and units[count - 1][1].rstrip("* _").endswith(":"):
        count -= 1
    return _joined(units[:count]), _joined(units[count:]) or None


def word_count(markdown: str) -> int:
    """How many words a reader sees."""
    return len(words(plain(markdown)))


def _joined(units: list[tuple[int, str]]) -> str:
    blocks: dict[int, list[str]] = {}
    for at, piece in units:
        blocks.setdefault(at, []).append(piece)
    return "\n\n".join(" ".join(pieces) for pieces in blocks.values())
