"""Vectors of texts kept on disk, so that a process encodes only texts nobody has encoded before.

A file has a part for each encoder; a text is known by its hash. A file of other encoders, another
release or a damaged one is as good as none: its texts are encoded anew.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from bot.language import encoder, english, spanish
from bot.replacing import replacing

FILE = "vectors.npz"
FORMAT = 3
WEIGHTS = f"{encoder.WEIGHTS.sha256} {english.WEIGHTS.sha256} {spanish.RELEASE}"
# The same weights may come out a little different under another runtime.
MADE_BY = f"{FORMAT} {WEIGHTS} {onnxruntime.__version__}"
KEY_BYTES = 16

Floats = npt.NDArray[np.float32]

log = logging.getLogger(__name__)


class Part(StrEnum):
    """Whose vectors."""

    BILINGUAL = "bilingual"
    ENGLISH = "english"
    SPANISH = "spanish"

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return DIMENSIONS[self]


DIMENSIONS = {
    Part.BILINGUAL: encoder.DIMENSION,
    Part.ENGLISH: english.DIMENSION,
    Part.SPANISH: spanish.DIMENSION,
}


Vectors = Mapping[str, Floats]


def read(path: Path, texts: Collection[str], part: Part = Part.BILINGUAL) -> dict[str, Floats]:
    """The vectors of those texts that the file holds; none when it cannot be used."""
    if not texts or not path.is_file():
        return {}
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["made_by"]) != MADE_BY:
                return {}
            places = _places(kept[f"{part}_keys"])
            found = {text: places[key] for text in texts if (key := _key(text)) in places}
            # The large part is read only for somebody who needs it; a damaged one fails its
            # checksum here.
            vectors = _rows(kept[part], (len(places), part.dimension), found) if found else ()
    except Exception as error:
        # Whatever a damaged or foreign file makes the reader raise, encoding again is the remedy.
        log.warning("%s cannot be used: %s", path.name, type(error).__name__)
        return {}
    return dict(zip(found, vectors, strict=True))


def usable(path: Path) -> bool:
    """Whether the file is there and was made by this release."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return str(kept["made_by"]) == MADE_BY
    except Exception:  # as for `read`
        return False


def write(path: Path, parts: Mapping[Part, Vectors]) -> None:
    """Keep these vectors and no others. Readers see the old file or the new one, never a piece."""
    arrays: dict[str, npt.NDArray[Any]] = {"made_by": np.array(MADE_BY)}
    for part in Part:
        vectors = parts.get(part, {})
        keys = b"".join(_key(text) for text in vectors)
        arrays[f"{part}_keys"] = np.frombuffer(keys, np.uint8).reshape(-1, KEY_BYTES)
        rows = np.array(list(vectors.values()), np.float32)
        arrays[part] = rows.reshape(-1, part.dimension)
    with replacing(path) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()


def _places(keys: npt.NDArray[np.uint8]) -> dict[bytes, int]:
    if keys.dtype != np.uint8 or keys.shape[1:] != (KEY_BYTES,):
        raise ValueError("the keys have another form")
    packed = keys.tobytes()
    return {packed[at * KEY_BYTES : (at + 1) * KEY_BYTES]: at for at in range(len(keys))}


def _rows(vectors: Floats, shape: tuple[int, int], found: Mapping[str, int]) -> Floats:
    if vectors.dtype != np.float32 or vectors.shape != shape:
        raise ValueError("the vectors have another form")
    return vectors[list(found.values())]
