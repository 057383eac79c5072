"""A piece of a web page as Markdown of the subset. Nothing runs, nothing is fetched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from bot.errors import Invalid
from bot.knowledge.exchange.prose import (
    emphasized,
    escape,
    link,
    one_line,
    secure,
    typed,
)

DEEPEST = 60  # below that, marks are dropped and words kept
DEEPEST_PAGE = 1_000
LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\d+|[a-zA-Z]{2,8});")
SILENT = frozenset(
    (
        *("script", "style", "template", "noscript", "head", "nav", "svg", "canvas", "button"),
        *("input", "select", "textarea", "option", "label"),
    )
)
WORDLESS = ("script", "style", "template")
LOST = {
    "table": "table",
    "img": "picture",
    "picture": "picture",
    **dict.fromkeys(("iframe", "object", "embed", "video", "audio"), "embedded page or film"),
    "form": "form",
}
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = HEADINGS | frozenset(
    (
        *("p", "div", "section", "article", "main", "aside", "header", "footer", "address", "pre"),
        *("blockquote", "figure", "figcaption", "dl", "dt", "dd", "details", "summary", "body"),
        *("html", "ul", "ol", "li", "hr"),
    )
)
_SPACE = re.compile(r"[ \t\n\r\f]+")


def parse(text: str | bytes) -> BeautifulSoup:
    """The page or fragment as a tree. Items that nobody closed end where the next begins.

    Raises `Invalid` for what is nested deeper than any browser would show.
    """
    tree = BeautifulSoup(text, "html.parser")
    depths = {id(tree): 0}
    for tag in tree.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    if max(depths.values()) > DEEPEST_PAGE:
        raise Invalid("the page is nested too deeply", remedy="Save it again from the browser.")
    for names in (("li",), ("dt", "dd")):
        for tag in tree.find_all(names):
            if tag.parent is not None and tag.parent.name in names:
                tag.parent.insert_after(tag)
    return tree


def text_of(node: PageElement) -> str:
    """The words of a node on one line; scripts and styles have none."""
    if not isinstance(node, Tag):
        return one_line(str(node))
    silent = {id(piece) for tag in node.find_all(WORDLESS) for piece in tag.descendants}
    return one_line(
        "".join(
            str(piece)
            for piece in node.descendants
            if type(piece) in (NavigableString, CData) and id(piece) not in silent
        )
    )


def plain_line(text: str) -> str:
    """One line of words, from text that may be markup."""
    return text_of(parse(text)) if LOOKS_LIKE_HTML.search(text) else one_line(text)


def any_text(text: str, lost: Counter[str]) -> str:
    """Markdown from a cell or a field that may hold markup, Markdown or plain text."""
    if LOOKS_LIKE_HTML.search(text):
        return markdown([parse(text)], lost)
    return typed(text)


def markdown(nodes: Iterable[PageElement], lost: Counter[str]) -> str:
    """The nodes as Markdown; `lost` counts what an article cannot hold."""
    writer = _Writer(lost)
    for node in nodes:
        writer.take(node, 0)
    return secure("\n\n".join(writer.finish()))


class _Writer:
    """Collects blocks; `_line` is the paragraph that is being written."""

    def __init__(self, lost: Counter[str]):
        self._lost = lost
        self._blocks: list[str] = []
        self._line: list[str] = []

    def finish(self) -> list[str]:
        self._close()
        return self._blocks

    def take(self, node: PageElement, depth: int) -> None:
        if isinstance(node, Tag):
            self._tag(node, depth)
        elif type(node) in (NavigableString, CData):
            self._line.append(_SPACE.sub(" ", escape(str(node))))

    def _tag(self, tag: Tag, depth: int) -> None:
        name = tag.name.lower()
        if name in SILENT:
            return
        if name in LOST:
            self._lost[LOST[name]] += 1
        elif depth > DEEPEST:
            self._line.append(f" {escape(text_of(tag))} ")
        elif name == "br":
            self._line.append("\n")
        elif name in ("ul", "ol"):
            self._list(tag, depth)
        elif name in BLOCKS:
            self._close()
            self._children(tag, depth)
            self._close(bold=name in HEADINGS)
        else:
            self._inline(tag, name, depth)

    def _children(self, tag: Tag, depth: int) -> None:
        for child in tag.children:
            self.take(child, depth + 1)

    def _inline(self, tag: Tag, name: str, depth: int) -> None:
        inner = _Writer(self._lost)
        inner._children(tag, depth)
        if inner._blocks:
            # Marks cannot span paragraphs: the words stay, the mark goes.
            self._close()
            self._blocks += inner.finish()
            return
        text = "".join(inner._line)
        if name in ("b", "strong"):
            text = emphasized(text.replace("**", ""), "**")
        elif name in ("i", "em"):
            text = text if "*" in text else emphasized(text, "*")
        elif name == "a":
            text = emphasized(link(text.strip(), str(tag.get("href") or "")), "")
        self._line.append(text)

    def _list(self, tag: Tag, depth: int) -> None:
        self._close()
        ordered = tag.name.lower() == "ol"
        lines: list[str] = []
        items = [child for child in tag.children if isinstance(child, Tag) and child.name == "li"]
        for number, item in enumerate(items, 1):
            inner = _Writer(self._lost)
            inner._children(item, depth + 1)
            marker = f"{number}. " if ordered else "- "
            lines += item_lines(marker, inner.finish())
        if lines:
            self._blocks.append("\n".join(lines))

    def _close(self, *, bold: bool = False) -> None:
        """End the paragraph. Line breaks in it part paragraphs, as readers see them."""
        text, self._line = "".join(self._line), []
        for part in text.split("\n"):
            said = " ".join(part.split())
            if said:
                self._blocks.append(f"**{said.replace('**', '')}**" if bold else said)


def item_lines(marker: str, blocks: list[str]) -> list[str]:
    """A list item: its paragraphs on one line, lists inside it indented below."""
    inner = [block for block in blocks if block.startswith(("- ", "1. "))]
    said = " ".join(block for block in blocks if block not in inner)
    if not said and not inner:
        return []
    indent = " " * len(marker)
    below = [f"{indent}{line}" for block in inner for line in block.split("\n")]
    return (
        [f"{marker}{said}".rstrip(), *below]
        if said
        else [line.removeprefix(indent) for line in below]
    )


def lost_notes(lost: Counter[str]) -> list[str]:
    """What was left out, in words."""
    return [
        f"{count} {what}{'s' if count > 1 else ''} not taken: an answer holds text, lists and links"
        for what, count in sorted(lost.items())
    ]
