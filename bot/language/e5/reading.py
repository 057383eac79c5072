"""Reading the package's weights file: a header, pieces of words, a directory, numbers.

Matrices lie in blocks of 32 numbers with a common scale. A block is the scale (16 bits) and 16
bytes: their low halves are the first 16 numbers, their high halves the others, eight standing for
zero. Everything else is plain 32-bit floats. All integers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
ZERO = 8

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the network. `inner` is the width between the two halves of a layer."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of a matrix as they are stored: a scale a block, two numbers a byte."""

    scales: npt.NDArray[np.float16]  # rows, blocks, 1
    halves: npt.NDArray[np.uint8]  # rows, blocks, 16

    def floats(self) -> Floats:
        """The numbers they stand for."""
        numbers = np.concatenate([self.halves & 15, self.halves >> 4], axis=2)
        scaled = (numbers.astype(np.float32) - ZERO) * self.scales.astype(np.float32)
        found: Floats = scaled.reshape(len(numbers), -1)
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A tensor's numbers in the file."""

    count: int
    start: int
    size: int


class WeightsFile:
    """The open file. Raises `ValueError` when it is not of this form."""

    def __init__(self, path: Path) -> None:
        self._bytes: npt.NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
        if bytes(self._bytes[:4]) != MAGIC:
            raise ValueError(f"{path.name} is not a file of weights")
        cursor = _Cursor(self._bytes, at=8)  # after the magic and a version
        width, layers, heads, inner, *_ = cursor.take("7i")
        (epsilon,) = cursor.take("f")
        cursor.take("i")
        self.shape = Shape(width, layers, heads, inner, epsilon)
        self.pieces = _pieces(cursor)
        (count,) = cursor.take("i")
        self._places = dict(_place(cursor) for _ in range(count))

    def floats(self, name: str) -> Floats:
        """A tensor of plain floats, flat."""
        found = np.frombuffer(self._raw(name), "<f4").copy()
        if found.size != self._places[name].count:
            raise ValueError(f"{name} has another size")
        return found

    def blocks(self, name: str, columns: int, rows: Sequence[int] | None = None) -> Blocks:
        """A matrix of that many columns, or only some of its rows, as stored."""
        raw, count = self._raw(name), self._places[name].count
        if count % columns or len(raw) != count // BLOCK * BLOCK_BYTES:
            raise ValueError(f"{name} has another size")
        stored = np.frombuffer(raw, np.uint8).reshape(-1, columns // BLOCK, BLOCK_BYTES)
        chosen = stored if rows is None else stored[list(rows)]
        return Blocks(chosen[:, :, :2].copy().view("<f2"), chosen[:, :, 2:].copy())

    def matrix(self, name: str, columns: int) -> Floats:
        """The same as floats, one row an output."""
        return self.blocks(name, columns).floats()

    def _raw(self, name: str) -> bytes:
        place = self._places[name]
        return self._bytes[place.start : place.start + place.size].tobytes()


class _Cursor:
    """Reads one thing after another."""

    def __init__(self, content: npt.NDArray[np.uint8], at: int) -> None:
        self._content, self._at = content, at

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._content.data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at].tobytes()


def _pieces(cursor: _Cursor) -> tuple[str, ...]:
    count, *_ = cursor.take("5i")
    (length,) = cursor.take("Q")
    ends = np.frombuffer(cursor.bytes(4 * (count + 1)), "<u4")
    cursor.bytes(4 * count)  # how likely each piece is: the tokenizer's own file says it too
    text = cursor.bytes(length)
    _, size = cursor.take("iI")
    cursor.bytes(size)  # how letters are brought to one form: as above
    return tuple(text[start:end].decode("utf-8", "replace") for start, end in pairwise(ends))


def _place(cursor: _Cursor) -> tuple[str, _Place]:
    (length,) = cursor.take("H")
    name = cursor.bytes(length).decode("ascii")
    _, count, start, size = cursor.take("BIQQ")
    return name, _Place(count, start, size)
