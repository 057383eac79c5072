"""Questions and answers from a Word document: headings, bold lines or "Q:" lines, and what follows.

The file is a zip of XML from a stranger: it is measured before anything of it is unpacked, and
entities are never resolved.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.errors import Invalid
from bot.knowledge.exchange.entries import MEGABYTE, Entry, Found
from bot.knowledge.exchange.html_prose import lost_notes
from bot.knowledge.exchange.prose import emphasized, escape, link, one_line, secure

MEGABYTES = 20
UNPACKED = 100 * MEGABYTE
MOST_PARTS = 5_000
LONGEST_BOLD = 200
REMEDY = "Save it again in Word as a document (.docx)."
_QUESTION = re.compile(r"^(?:q|p|question|pregunta)\s*\d{0,3}\s*[:.)]\s*", re.IGNORECASE)
_ANSWER = re.compile(
    r"^(?:\*\*)?(?:a|r|answer|respuesta)\s*\d{0,3}\s*[:.)]\s*(?:\*\*)?\s*", re.IGNORECASE
)
_HEADING = re.compile(r"^(?:heading|título|titulo|encabezado)\s*\d", re.IGNORECASE)


def read(content: bytes, name: str) -> Found:
    """All questions of the document. Raises `Invalid` when it is none this can read."""
    _measure(content, name)
    try:
        document = docx.Document(io.BytesIO(content))
        return _read(document)
    except (
        ValueError,
        KeyError,
        AttributeError,
        OSError,
        SyntaxError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        raise Invalid(f"{name} is damaged, or no Word document", remedy=REMEDY) from None


def _measure(content: bytes, name: str) -> None:
    """Raises `Invalid` for what is no document, or would unpack to more than fits."""
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid(f"{name} is an old or protected Word document", remedy=REMEDY)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Invalid(f"{name} is damaged, or no Word document", remedy=REMEDY) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Invalid(
            f"{name} unpacks to more than {UNPACKED // MEGABYTE} MB",
            remedy="Leave pictures out, or cut the document into several.",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid(f"{name} is protected by a password", remedy="Save it without one.")
    if "word/document.xml" not in {part.filename for part in parts}:
        raise Invalid(f"{name} is no Word document", remedy=REMEDY)


@dataclass(slots=True)
class _Open:
    """A question whose answer is being read. `plain`: nothing but its place says it is one."""

    where: str
    question: str
    blocks: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)

    def close_list(self) -> None:
        if self.items:
            self.blocks.append("\n".join(self.items))
            self.items = []


def _read(document: Document) -> Found:
    found, lost = Found(), Counter[str]()
    current: _Open | None = None
    before = sections = 0
    lists = _Lists(document)
    for number, block in enumerate(document.iter_inner_content(), 1):
        if isinstance(block, Table):
            lost["table"] += 1
            continue
        lost["picture"] += len(block._p.findall(f".//{qn('w:drawing')}"))
        lost["tracked change"] += len(block._p.findall(qn("w:ins")) + block._p.findall(qn("w:del")))
        text = one_line(block.text)
        if question := _question(block, text):
            sections += _close(found, current)
            current = _Open(f"paragraph {number}", question)
        elif text and current:
            _add(current, block, lists)
        elif text:
            before += 1
    sections += _close(found, current)
    lost["box or field"] = len(document.element.body.findall(qn("w:sdt")))
    found.notes += _notes(before, sections, lost)
    return found


def _notes(before: int, sections: int, lost: Counter[str]) -> Iterator[str]:
    if before:
        yield f"{before} paragraphs before the first question not taken"
    if sections:
        yield f"{sections} headings without text below them taken as titles of sections"
    if changes := lost.pop("tracked change"):
        yield f"{changes} tracked changes: accept or reject them in Word, then import again"
    yield from lost_notes(+lost)


def _question(paragraph: Paragraph, text: str) -> str | None:
    """The question that the paragraph asks, when it looks like one."""
    if not text:
        return None
    if _is_heading(paragraph):
        return _QUESTION.sub("", text)
    if _QUESTION.match(text) and len(text) <= 2 * LONGEST_BOLD:
        return _QUESTION.sub("", text) or None
    runs = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(runs) and all(_bold(run) for run in runs) and not paragraph.hyperlinks
    if bold and len(text) <= LONGEST_BOLD and not text.endswith((":", ".", "!", ";")):
        return text
    return None


def _is_heading(paragraph: Paragraph) -> bool:
    style = paragraph.style
    while style is not None:
        if _HEADING.match(style.name or "") or re.fullmatch(r"Heading\d", style.style_id or ""):
            return True
        style = style.base_style
    properties = paragraph._p.pPr
    return properties is not None and properties.find(qn("w:outlineLvl")) is not None


def _bold(run: Run) -> bool:
    style = run.style.font.bold if run.style is not None else None
    return bool(run.bold if run.bold is not None else style)


def _add(current: _Open, paragraph: Paragraph, lists: _Lists) -> None:
    text = _marked(paragraph)
    if not current.blocks and not current.items:
        text = _ANSWER.sub("", text)
    place = lists.place(paragraph)
    if place is None:
        current.close_list()
        current.blocks += [said for part in text.split("\n") if (said := " ".join(part.split()))]
        return
    depth, ordered = place
    # Deeper than two is more than a phone can show.
    current.items.append(
        f"{'   ' * min(depth, 2)}{'1.' if ordered else '-'} {' '.join(text.split())}"
    )


def _marked(paragraph: Paragraph) -> str:
    """The paragraph with its bold and emphasized words and its links."""
    pieces: list[tuple[str, str]] = []
    for part in paragraph.iter_inner_content():
        if isinstance(part, Hyperlink):
            pieces.append(("", link(escape(part.text), part.url)))
            continue
        mark = "**" if _bold(part) else "*" if part.italic else ""
        if pieces and pieces[-1][0] == mark:
            pieces[-1] = (mark, pieces[-1][1] + escape(part.text))
        else:
            pieces.append((mark, escape(part.text)))
    return secure("".join(emphasized(text, mark) if mark else text for mark, text in pieces))


class _Lists:
    """Which paragraphs are list items: by their style's name, or by Word's numbering."""

    def __init__(self, document: Document):
        self._bullets = set(_bullets(document))

    def place(self, paragraph: Paragraph) -> tuple[int, bool] | None:
        """Depth and whether it is numbered; None for a paragraph that is no item."""
        name = (paragraph.style.name or "") if paragraph.style is not None else ""
        numbering: Any = paragraph._p.pPr.numPr if paragraph._p.pPr is not None else None
        if numbering is not None and numbering.numId is not None and numbering.numId.val:
            depth = numbering.ilvl.val if numbering.ilvl is not None else 0
            return depth, (numbering.numId.val, depth) not in self._bullets
        if found := re.match(r"List (Bullet|Number)(?: (\d))?$", name):
            return int(found[2] or 1) - 1, found[1] == "Number"
        return None


def _bullets(document: Document) -> Iterator[tuple[int, int]]:
    """The numbered-list ids and depths that Word draws as bullets."""
    if not any(rel.reltype.endswith("/numbering") for rel in document.part.rels.values()):
        return
    root = document.part.numbering_part.element
    kinds: dict[str, list[int]] = {}
    for abstract in root.findall(qn("w:abstractNum")):
        for level in abstract.findall(qn("w:lvl")):
            kind = level.find(qn("w:numFmt"))
            if kind is not None and kind.get(qn("w:val")) == "bullet":
                at = int(level.get(qn("w:ilvl")) or 0)
                kinds.setdefault(abstract.get(qn("w:abstractNumId")), []).append(at)
    for number in root.findall(qn("w:num")):
        abstract = number.find(qn("w:abstractNumId"))
        for at in kinds.get(abstract.get(qn("w:val")), []) if abstract is not None else []:
            yield int(number.get(qn("w:numId"))), at


def _close(found: Found, current: _Open | None) -> int:
    """Keep the finished question; 1 when it was only the title of a section."""
    if current is None:
        return 0
    current.close_list()
    if not current.blocks and not current.question.endswith("?"):
        return 1
    answer = "\n\n".join(current.blocks)
    found.entries.append(Entry(where=current.where, question=current.question, answer=answer))
    return 0
