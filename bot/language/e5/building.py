"""Building the Spanish encoder's files; some seconds of work, done by `careline train`."""

from __future__ import annotations

import json
from pathlib import Path

import onnx

from bot.language.e5 import files, vocabulary
from bot.language.e5.graph import graph
from bot.language.e5.reading import WeightsFile
from bot.language.weights import EncoderUnavailable


def build(model_dir: Path) -> None:
    """Put the graph, the tokenizer and their record into `model_dir`.

    The same release builds the same files. Raises `EncoderUnavailable` when what the packages carry
    is missing or not what was reviewed.
    """
    weights = WeightsFile(files.WEIGHTS.checked())
    tokenizer = json.loads(files.TOKENS.checked().read_bytes())
    if [piece for piece, _ in tokenizer["model"]["vocab"]] != list(weights.pieces):
        raise EncoderUnavailable("the weights and the tokenizer do not belong together")
    numbers = vocabulary.kept(weights.pieces)

    def write_graph(path: Path) -> None:
        onnx.save_model(graph(weights, numbers), str(path))

    def write_tokenizer(path: Path) -> None:
        small = vocabulary.pruned(tokenizer, numbers)
        path.write_text(json.dumps(small, ensure_ascii=False, separators=(",", ":")), "utf-8")

    files.put(model_dir, {files.GRAPH: write_graph, files.TOKENIZER: write_tokenizer})
