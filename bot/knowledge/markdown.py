"""Markdown as data: the small subset that articles use, as JSON blocks the widget can draw.

Whatever lies outside the subset stays plain text, so nothing an editor types can become markup
that was not meant. Web addresses, e-mail addresses and US phone numbers become links by themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

LINK_SCHEMES = ("https://", "tel:", "mailto:")
RULES = ("list", "emphasis", "link", "autolink", "escape", "entity", "newline", "balance_pairs")


class Inline(TypedDict):
    """A piece of a paragraph."""

    type: Literal["text", "strong", "emphasis", "link", "break"]
    text: NotRequired[str]
    href: NotRequired[str]
    children: NotRequired[list[Inline]]


class Block(TypedDict):
    """A paragraph, or a list whose items are blocks."""

    type: Literal["paragraph", "list"]
    children: NotRequired[list[Inline]]
    ordered: NotRequired[bool]
    items: NotRequired[list[list[Block]]]


class _Subset(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("zero")
        self.enable(list(RULES))

    def validateLink(self, url: str) -> bool:
        """Only what is safe to press."""
        return url.lower().startswith(LINK_SCHEMES)


_PARSER = _Subset()
_CONTACT = re.compile(
    r"(?P<url>https://[^\s<>()\[\]]*[^\s<>()\[\].,;:!?'\"])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.\w{2,})"
    r"|(?P<phone>(?<![\d-])(?:1-)?\d{3}-\d{3}-\d{4}(?![\d-]))"
)
_LINE_END = re.compile(r"(?<=\S)[ \t]*\n(?=\S)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(\s*([^)]*)\)")
_OUTSIDE = (
    ("heading", re.compile(r"^ {0,3}#{1,6}\s", re.MULTILINE)),
    ("table", re.compile(r"^\s*\|.*\|", re.MULTILINE)),
    ("image", re.compile(r"!\[[^\]]*\]\(")),
    ("html", re.compile(r"</?[a-zA-Z][^>]*>|<!--")),
    ("code", re.compile(r"`")),
    ("quotation", re.compile(r"^ {0,3}>\s", re.MULTILINE)),
    ("line", re.compile(r"^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$", re.MULTILINE)),
)


def blocks(markdown: str, *, breaks: bool = False) -> list[Block]:
    """The text as blocks. Never raises: what is not in the subset is text.

    With `breaks` a line ends where it ends in the text, as people who write in a box mean it.
    """
    text = _LINE_END.sub("  \n", markdown) if breaks else markdown
    return [
        block for node in SyntaxTreeNode(_PARSER.parse(text)).children for block in _block(node)
    ]


class Outside(NamedTuple):
    """Markup that cannot be shown: `heading`, `table`, `image`, `html`, `code`, `quotation`,
    `line`, or a `link` with its label."""

    kind: str
    label: str = ""


def outside_subset(markdown: str) -> list[Outside]:
    """What is written in the text but would only be shown as plain characters."""
    found = [Outside(kind) for kind, pattern in _OUTSIDE if pattern.search(markdown)]
    for label, target in _LINK.findall(markdown):
        if not target.lower().startswith((*LINK_SCHEMES, "{{")):
            found.append(Outside("link", label))
    return found


@lru_cache(512)
def plain(markdown: str) -> str:
    """The words alone: paragraphs and items on lines of their own."""
    return "\n".join(_lines(blocks(markdown)))


def _block(node: SyntaxTreeNode) -> list[Block]:
    if node.type == "paragraph":
        return [{"type": "paragraph", "children": _paragraph(node)}]
    items = [[block for part in item.children for block in _block(part)] for item in node.children]
    return [{"type": "list", "ordered": node.type == "ordered_list", "items": items}]


def _paragraph(node: SyntaxTreeNode) -> list[Inline]:
    return [piece for inline in node.children for piece in _inlines(inline, linked=False)]


def _inlines(node: SyntaxTreeNode, *, linked: bool) -> list[Inline]:
    """`linked` says that we are inside a link, where no other may begin."""
    found: list[Inline] = []
    for child in node.children:
        if child.type in ("strong", "em"):
            kind: Any = "strong" if child.type == "strong" else "emphasis"
            found.append({"type": kind, "children": _inlines(child, linked=linked)})
        elif child.type == "link":
            inner = _inlines(child, linked=True)
            found.append({"type": "link", "href": str(child.attrs["href"]), "children": inner})
        elif child.type == "hardbreak":
            found.append({"type": "break"})
        else:
            text = " " if child.type == "softbreak" else child.content
            found.extend([_text(text)] if linked else _contacts(text))
    return _joined(found)


def _contacts(text: str) -> list[Inline]:
    found: list[Inline] = []
    at = 0
    for match in _CONTACT.finditer(text):
        found.append(_text(text[at : match.start()]))
        found.append({"type": "link", "href": _href(match), "children": [_text(match[0])]})
        at = match.end()
    return [*found, _text(text[at:])]


def _href(match: re.Match[str]) -> str:
    if match["url"]:
        return match[0]
    return f"mailto:{match[0]}" if match["mail"] else f"tel:{match[0]}"


def _text(text: str) -> Inline:
    return {"type": "text", "text": text}


def _joined(pieces: list[Inline]) -> list[Inline]:
    """Neighbouring texts as one, empty ones left out."""
    joined: list[Inline] = []
    for piece in pieces:
        if piece["type"] == "text" and not piece["text"]:
            continue
        if joined and piece["type"] == "text" and joined[-1]["type"] == "text":
            joined[-1] = _text(joined[-1]["text"] + piece["text"])
        else:
            joined.append(piece)
    return joined


def _lines(parts: list[Block]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if part["type"] == "paragraph":
            lines.append(_words(part["children"]))
        else:
            lines.extend(line for item in part["items"] for line in _lines(item))
    return lines


def _words(pieces: list[Inline]) -> str:
    return "".join(_word(piece) for piece in pieces)


def _word(piece: Inline) -> str:
    if piece["type"] == "break":
        return "\n"
    return piece.get("text") or _words(piece.get("children", []))
