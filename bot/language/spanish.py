"""A sentence encoder for Spanish: it tells close subjects apart better than the bilingual one.

The weights are those of multilingual-e5-small. `careline train` builds what runs here out of two
packages (`bot/language/e5`); where no package carries the weights, Spanish goes without.
"""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.language.e5 import files
from bot.language.encoder import CACHED_TEXTS, Vectors
from bot.settings import Settings

# As the marker of the packages in pyproject.toml says.
AVAILABLE = sys.platform == "linux" and platform.machine() == "x86_64"
RELEASE = files.RELEASE if AVAILABLE else "none"
DIMENSION = 384
LONGEST = 128  # tokens; what comes after them is not read
PREFIX = "query: "  # the model has learned to compare texts that begin with it


class SpanishEncoder:
    """Turns Spanish texts into unit vectors. Safe to share between threads."""

    dimension = DIMENSION

    def __init__(self, graph: Path, tokens: Path) -> None:
        options = onnxruntime.SessionOptions()
        # As for the bilingual one: more threads only disturb the others.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(graph), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._tokens = Tokenizer.from_file(str(tokens))
        self._tokens.enable_truncation(LONGEST)
        self._vector = lru_cache(CACHED_TEXTS)(self._run)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a row, in the order given; no rows for no texts. Each text is encoded
        alone, as by the bilingual one."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        return np.stack([self._vector(" ".join(text.split())) for text in texts])

    def _run(self, text: str) -> Vectors:
        ids = np.array([self._tokens.encode(PREFIX + text).ids], dtype=np.int64)
        vector: Vectors = self._session.run(["sentence"], {"input_ids": ids})[0][0]
        vector.setflags(write=False)
        return vector


_loading = threading.Lock()
_folders: list[Path] = []


def look_in(model_dir: Path) -> None:
    """Take the built files from there, whatever the settings of the process say."""
    _folders[:] = [model_dir]


def spanish_encoder() -> SpanishEncoder:
    """The process's Spanish encoder, checked and loaded at the first call.

    Its files lie in the model directory that the settings name. Raises `EncoderUnavailable` when
    they are missing, changed or of another release.
    """
    with _loading:
        return _load(_folders[0] if _folders else _by_settings())


@cache
def _by_settings() -> Path:
    return Settings().model_dir


@cache
def _load(model_dir: Path) -> SpanishEncoder:
    return SpanishEncoder(*files.built(model_dir))
