"""Writing one part of the clinic profile's TOML and leaving the rest as people wrote it.

The file is cut into blocks, one for each part, with the comments before it. Only the block that
changed is written anew, and in it the lines whose value did not change stay as they are.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"^(?P<name>[A-Za-z0-9_-]+)\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
LONGEST_LINE = 100


@dataclass(slots=True)
class _Block:
    """The lines of one part; the part of what stands before every header is empty."""

    part: str
    lines: list[str] = field(default_factory=list)


def replace_part(body: str, part: str, value: Any, before: Any = None) -> str:
    """The TOML with this part said anew; None takes it out. The empty part is the top.

    `before` is what the part said until now. The result always reads as it should: where the
    text of a person cannot be kept, it is written in the plain way.
    """
    wanted = tomllib.loads(body)
    if part:
        wanted.pop(part, None)
        if value is not None:
            wanted[part] = value
    else:
        wanted = {**value, **{k: v for k, v in wanted.items() if isinstance(v, dict | list)}}
    made = _spliced(body, part, value, before)
    try:
        if tomllib.loads(made) == wanted:
            return made
    except tomllib.TOMLDecodeError:
        pass
    return written(wanted)


def written(data: Mapping[str, Any]) -> str:
    """A whole profile in the plain way."""
    plain = {name: one for name, one in data.items() if not _is_table(one)}
    blocks = ["\n".join(f"{_name(name)} = {_said(one)}" for name, one in plain.items())]
    blocks += ["\n".join(_table(name, one)) for name, one in data.items() if name not in plain]
    return "\n\n".join(blocks) + "\n"


def _spliced(body: str, part: str, value: Any, before: Any) -> str:
    blocks = _blocks(body)
    mine = [block for block in blocks if block.part == part]
    if not mine:
        text = "\n".join(_table(part, value)) if value is not None else ""
        return f"{body.rstrip()}\n\n{text}\n" if text else body
    first = mine[0]
    comments, rest = _opening(first)
    if value is None:
        first.lines = []
    elif part and not (isinstance(value, dict) and isinstance(before, dict)):
        header = _comment_of(rest[0]) if rest else ""
        lines = list(_table(part, value))
        if lines and header:
            lines[0] = f"{lines[0]}{header}"
        first.lines = [*comments, *lines, ""]
    else:
        kept = list(_kept(rest, part, value))
        first.lines = [*comments, *kept, ""]
    for other in mine[1:]:
        other.lines = []
    return "\n".join(line for block in blocks for line in block.lines).rstrip() + "\n"


def _blocks(body: str) -> list[_Block]:
    """The parts in the order of the file; comments go with what they stand before."""
    blocks = [_Block("")]
    waiting: list[str] = []
    for line in body.splitlines():
        header = _HEADER.match(line)
        if header:
            part = header["path"].split(".")[0]
            if blocks[-1].part != part:
                blocks.append(_Block(part))
            blocks[-1].lines += [*waiting, line]
            waiting = []
        elif line.lstrip().startswith("#"):
            waiting.append(line)
        else:
            blocks[-1].lines += [*waiting, line]
            waiting = []
    blocks[-1].lines += waiting
    return blocks


def _opening(block: _Block) -> tuple[list[str], list[str]]:
    """The comments at the top of a block, and the rest without blank lines at its end."""
    lines = block.lines
    at = 0
    while at < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
        at += 1
    rest = lines[at:]
    while rest and not rest[-1].strip():
        rest.pop()
    return lines[:at], rest


def _kept(lines: list[str], part: str, value: Mapping[str, Any]) -> Iterator[str]:
    """A table's lines: those that still hold as they are, then what is new, then its tables."""
    left = dict(value)
    own = lines if not part else lines[1:]
    cut = next((at for at, line in enumerate(own) if _HEADER.match(line)), len(own))
    if part:
        yield lines[0] if lines else f"[{part}]"
    head = own[:cut]
    while cut < len(own) and head and (not head[-1].strip() or head[-1].lstrip().startswith("#")):
        # What stands before the next header belongs to it.
        head.pop()
    for line in head:
        match = _KEY.match(line)
        if not match:
            # A comment between the lines, or a gap that a person left.
            yield line
            continue
        name = match["name"]
        if name in left and not _is_table(left[name]):
            yield _again(line, name, left.pop(name))
    for name, one in left.items():
        if not _is_table(one):
            yield f"{_name(name)} = {_said(one)}"
    comments = _before_headers(own)
    for name, one in left.items():
        if part and _is_table(one):
            path = f"{part}.{_name(name)}"
            yield ""
            above, after = comments.get(path, ([], ""))
            yield from above
            header, *rest = _table(path, one)
            yield f"{header}{after}"
            yield from rest


def _before_headers(lines: list[str]) -> dict[str, tuple[list[str], str]]:
    """The comments right before the first header of each table, and the one after it."""
    found: dict[str, tuple[list[str], str]] = {}
    waiting: list[str] = []
    for line in lines:
        if header := _HEADER.match(line):
            found.setdefault(header["path"], (waiting, _comment_of(line)))
        if line.lstrip().startswith("#"):
            waiting.append(line)
        else:
            waiting = []
    return found


def _again(line: str, name: str, value: Any) -> str:
    """The line itself when it says the value; else the new value with the line's comment."""
    try:
        if tomllib.loads(line) == {name: value}:
            return line
    except tomllib.TOMLDecodeError:
        pass
    return f"{name} = {_said(value)}{_comment_of(line)}"


def _comment_of(line: str) -> str:
    """The comment at the end of a line, with the space before it."""
    for at in (found.start() for found in re.finditer("#", line)):
        try:
            tomllib.loads(line[:at])
        except tomllib.TOMLDecodeError:
            continue
        return line[len(line[:at].rstrip()) :]
    return ""


def _table(path: str, value: Any) -> Iterator[str]:
    """A table, or a list of tables, with its header."""
    if isinstance(value, list):
        for at, row in enumerate(value):
            if at:
                yield ""
            yield f"[[{path}]]"
            yield from _inside(path, row)
        return
    yield f"[{path}]"
    yield from _inside(path, value)


def _inside(path: str, value: Mapping[str, Any]) -> Iterator[str]:
    for name, one in value.items():
        if not _is_table(one):
            yield f"{_name(name)} = {_said(one)}"
    for name, one in value.items():
        if _is_table(one):
            yield ""
            yield from _table(f"{path}.{_name(name)}", one)


def _is_table(value: Any) -> bool:
    """Whether it gets a header of its own; words in two languages stay on one line."""
    if isinstance(value, dict):
        return not set(value) <= {"en", "es"} or not value
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        pairs = ", ".join(f"{_name(name)} = {_said(one)}" for name, one in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(_said(one) for one in value)}]"
    return _string(str(value))


def _string(text: str) -> str:
    """A basic string: TOML's escapes are JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)
