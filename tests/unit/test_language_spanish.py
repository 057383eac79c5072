"""Building the Spanish encoder, on a network of toy size: reading, graph, vocabulary, files."""

from __future__ import annotations

import json
import re
import struct
import tomllib
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from bot.language import spanish
from bot.language.e5 import files, vocabulary
from bot.language.e5.building import build
from bot.language.e5.graph import LARGEST, graph, integers
from bot.language.e5.reading import Shape, WeightsFile
from bot.language.spanish import SpanishEncoder
from bot.language.weights import EncoderUnavailable
from bot.settings import ROOT

Doubles = npt.NDArray[np.float64]

SHAPE = Shape(width=64, layers=2, heads=2, inner=96, epsilon=1e-12)
PLACES = 16
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁hola", "▁привет", "▁cita", "s", "<mask>")
LATIN = [0, 1, 2, 3, 4, 6, 7]


def tensors() -> dict[str, tuple[int, int]]:
    """Rows and columns; one row of plain floats where columns are 0."""
    width, inner = SHAPE.width, SHAPE.inner
    found = {"emb.word": (len(PIECES), width), "emb.pos": (PLACES * width, 0)}
    found |= {"emb.type": (2 * width, 0), "emb.ln.w": (width, 0), "emb.ln.b": (width, 0)}
    for at in range(SHAPE.layers):
        for name, (rows, columns) in {
            **dict.fromkeys(("q", "k", "v", "ao"), (width, width)),
            "fi": (inner, width),
            "fo": (width, inner),
        }.items():
            found |= {f"l{at}.{name}.w": (rows, columns), f"l{at}.{name}.b": (rows, 0)}
        for name in ("aln", "oln"):
            found |= {f"l{at}.{name}.w": (width, 0), f"l{at}.{name}.b": (width, 0)}
    return found


def made() -> tuple[bytes, dict[str, Doubles]]:
    """A file of random numbers, and what they are."""
    random = np.random.default_rng(7)
    contents, numbers = {}, {}
    for name, (rows, columns) in tensors().items():
        if columns:
            blocks = rows * columns // 32
            scales = random.uniform(0.02, 0.05, (blocks, 1)).astype(np.float16)
            halves = random.integers(0, 256, (blocks, 16), dtype=np.uint8)
            contents[name] = b"".join(
                scale.tobytes() + half.tobytes() for scale, half in zip(scales, halves, strict=True)
            )
            whole = np.hstack([halves & 15, halves >> 4]).astype(float) - 8
            numbers[name] = (whole * scales.astype(float)).reshape(rows, columns)
        else:
            plain = random.normal(1 if name.endswith("ln.w") else 0, 0.1, rows).astype(np.float32)
            contents[name], numbers[name] = plain.tobytes(), plain.astype(float)
    return laid_out(contents, {name: value.size for name, value in numbers.items()}), numbers


def laid_out(contents: dict[str, bytes], counts: dict[str, int]) -> bytes:
    blob = b"".join(piece.encode() for piece in PIECES)
    ends = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack(
        "<7ifi", SHAPE.width, SHAPE.layers, SHAPE.heads, SHAPE.inner, 9, PLACES, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += ends.tobytes() + bytes(4 * len(PIECES)) + blob + struct.pack("<iI", 1, 3) + b"map"
    head += struct.pack("<i", len(contents))
    start = len(head) + sum(2 + len(name) + 21 for name in contents)
    for name, content in contents.items():
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", 0, counts[name], start, len(content))
        start += len(content)
    return head + b"".join(contents.values())


@pytest.fixture(scope="module")
def numbers() -> dict[str, Doubles]:
    return made()[1]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    path = tmp_path / "toy.bin"
    path.write_bytes(made()[0])
    return path


def tokenizer() -> dict[str, Any]:
    """A tokenizer file as the package's is, with the toy's pieces."""
    special = [
        {"id": at, "content": PIECES[at], "special": True, "single_word": False}
        | dict.fromkeys(("lstrip", "rstrip", "normalized"), False)
        for at in (0, 1, 2, 3, 8)
    ]
    start, end = ({"SpecialToken": {"id": one, "type_id": 0}} for one in ("<s>", "</s>"))
    return {
        "version": "1.0",
        "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0}
        | {"direction": "Right"},
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, {"Sequence": {"id": "A", "type_id": 0}}, end],
            "pair": [],
            "special_tokens": {
                one: {"id": one, "ids": [PIECES.index(one)], "tokens": [one]}
                for one in ("<s>", "</s>")
            },
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [[piece, -float(at)] for at, piece in enumerate(PIECES)],
        },
    }


def by_hand(numbers: dict[str, Doubles], ids: list[int]) -> Doubles:
    """The network, written down plainly."""

    def normal(state: Doubles, name: str) -> Doubles:
        state = state - state.mean(axis=1, keepdims=True)
        state = state / np.sqrt((state**2).mean(axis=1, keepdims=True) + SHAPE.epsilon)
        return state * numbers[f"{name}.w"] + numbers[f"{name}.b"]

    def linear(state: Doubles, name: str) -> Doubles:
        return state @ numbers[f"{name}.w"].T + numbers[f"{name}.b"]

    width, each = SHAPE.width, SHAPE.width // SHAPE.heads
    places = numbers["emb.pos"].reshape(-1, width)[: len(ids)]
    state = normal(numbers["emb.word"][ids] + places + numbers["emb.type"][:width], "emb.ln")
    for at in range(SHAPE.layers):
        asked, keys, values = (linear(state, f"l{at}.{one}") for one in "qkv")
        seen = np.zeros_like(state)
        for head in range(SHAPE.heads):
            own = slice(head * each, (head + 1) * each)
            shares = softmax(asked[:, own] @ keys[:, own].T / np.sqrt(each), axis=1)
            seen[:, own] = shares @ values[:, own]
        state = normal(state + linear(seen, f"l{at}.ao"), f"l{at}.aln")
        wide = linear(state, f"l{at}.fi")
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        state = normal(state + linear(wide, f"l{at}.fo"), f"l{at}.oln")
    mean: Doubles = state.mean(axis=0)
    return mean / np.linalg.norm(mean)


def run(path: Path, numbers: list[int], ids: list[int]) -> npt.NDArray[np.float32]:
    model = graph(WeightsFile(path), numbers).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found: npt.NDArray[np.float32] = session.run(None, {"input_ids": np.array([ids])})[0][0]
    return found


def test_a_weights_file_is_read_as_it_was_written(toy: Path, numbers: dict[str, Doubles]) -> None:
    weights = WeightsFile(toy)

    assert weights.pieces == PIECES
    assert replace(weights.shape, epsilon=1e-12) == SHAPE
    assert np.allclose(weights.matrix("l1.fo.w", SHAPE.inner), numbers["l1.fo.w"])
    assert np.array_equal(weights.floats("emb.pos"), numbers["emb.pos"].astype(np.float32))
    some = weights.blocks("emb.word", SHAPE.width, [6, 2]).floats()
    assert np.allclose(some, numbers["emb.word"][[6, 2]])


def test_a_file_of_another_form_is_refused(toy: Path) -> None:
    with pytest.raises(ValueError, match="has another size"):
        WeightsFile(toy).blocks("l0.q.w", 32 * 3)
    with pytest.raises(ValueError, match="has another size"):
        WeightsFile(toy).floats("l0.q.w")
    toy.write_bytes(b"GGUF" + toy.read_bytes()[4:])
    with pytest.raises(ValueError, match="not a file of weights"):
        WeightsFile(toy)


@pytest.mark.parametrize("ids", [[0, 2], [0, 4, 6, 7, 2], [0, *[4, 5, 7] * 4, 2]])
def test_the_graph_computes_what_the_network_does(
    toy: Path, numbers: dict[str, Doubles], ids: list[int]
) -> None:
    found, expected = run(toy, list(range(9)), ids), by_hand(numbers, ids)

    assert np.isclose(np.linalg.norm(found), 1.0, atol=1e-5)
    assert found @ expected > 0.995
    assert found @ expected > found @ by_hand(numbers, [0, 8, 2])


def test_a_smaller_vocabulary_changes_no_vector_of_the_pieces_that_stay(toy: Path) -> None:
    whole = run(toy, list(range(9)), [0, 4, 6, 7, 2])
    small = run(toy, LATIN, [LATIN.index(one) for one in (0, 4, 6, 7, 2)])

    assert np.array_equal(whole, small)


def test_integer_weights_leave_a_bit_unused_and_stand_for_what_they_were_made_of() -> None:
    matrix = np.array([[1.0, -4.0, 0.0], [-0.5, 2.0, 0.0]], np.float32)
    small, scales = integers(matrix)

    assert np.abs(small).max() == LARGEST < 64
    assert np.allclose(small * scales, matrix, atol=0.04)


@pytest.mark.parametrize("piece", ["▁cita", "ñ", "▁está", "¿", "2.ª", "€", "…", "e\u0301", "▁"])
def test_pieces_of_latin_text_stay(piece: str) -> None:
    assert vocabulary.kept((*"abcd", piece)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("piece", ["▁привет", "预约", "aж", "한", "<mask>", "é́α", "😀"])
def test_other_pieces_go(piece: str) -> None:
    assert vocabulary.kept((*"abcd", piece)) == [0, 1, 2, 3]


def test_a_pruned_tokenizer_reads_latin_text_as_before_and_does_not_cut_it_off() -> None:
    numbers = vocabulary.kept(PIECES)
    small = Tokenizer.from_str(json.dumps(vocabulary.pruned(tokenizer(), numbers)))

    assert numbers == LATIN
    read = small.encode("hola citas hola")
    assert read.tokens == ["<s>", "▁hola", "▁cita", "s", "▁hola", "</s>"]
    assert read.ids == [LATIN.index(PIECES.index(token)) for token in read.tokens]
    assert small.encode("привет").ids == [0, PIECES.index("<unk>"), 2]


def test_pruning_leaves_the_tokenizer_it_was_given_alone() -> None:
    given = tokenizer()
    vocabulary.pruned(given, LATIN)

    assert given == tokenizer()


@dataclass
class Lying:
    """A file that lies somewhere and counts as checked."""

    path: Path

    def checked(self) -> Path:
        return self.path


@pytest.fixture
def inputs(toy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy in place of the packages; where its tokenizer lies."""
    tokens = toy.with_name("tokenizer.json")
    tokens.write_text(json.dumps(tokenizer()), "utf-8")
    monkeypatch.setattr(files, "WEIGHTS", Lying(toy))
    monkeypatch.setattr(files, "TOKENS", Lying(tokens))
    return tokens


def test_what_is_built_encodes_text(
    inputs: Path, tmp_path: Path, numbers: dict[str, Doubles], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spanish, "PREFIX", "")
    build(tmp_path / "models")
    found = SpanishEncoder(*files.built(tmp_path / "models")).encode(["hola  citas", "hola"])

    assert found[0] @ by_hand(numbers, [0, 4, 6, 7, 2]) > 0.995
    assert found[1] @ by_hand(numbers, [0, 4, 2]) > 0.995


def test_building_again_makes_the_same_files_and_leaves_nothing_beside_them(
    inputs: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    build(models)
    first = {path.name: path.read_bytes() for path in models.iterdir()}
    build(models)

    assert {path.name: path.read_bytes() for path in models.iterdir()} == first
    assert set(first) == {files.GRAPH, files.TOKENIZER, files.RECORD}


def test_a_tokenizer_of_another_model_is_refused(inputs: Path, tmp_path: Path) -> None:
    other = tokenizer()
    other["model"]["vocab"][4][0] = "▁adiós"
    inputs.write_text(json.dumps(other), "utf-8")

    with pytest.raises(EncoderUnavailable, match="do not belong together"):
        build(tmp_path / "models")
    assert files.are_due(tmp_path / "models")


def test_missing_changed_and_older_files_are_due_and_refused(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    with pytest.raises(EncoderUnavailable, match="not built") as refused:
        files.built(models)
    assert refused.value.remedy == "run `careline train`"

    build(models)
    assert not files.are_due(models)
    with (models / files.GRAPH).open("ab") as graph_file:
        graph_file.write(b" ")
    with pytest.raises(EncoderUnavailable, match="changed"):
        files.built(models)

    build(models)
    monkeypatch.setattr(files, "RELEASE", "2 others")
    with pytest.raises(EncoderUnavailable, match="another release"):
        files.built(models)


def test_a_build_that_fails_leaves_the_old_files(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    build(models)

    def full(_: Path) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        files.put(models, {files.GRAPH: lambda path: None, files.TOKENIZER: full})
    assert not files.are_due(models)
    assert len(list(models.iterdir())) == 3


def installed(package: str) -> bool:
    try:
        return bool(distribution(package))
    except PackageNotFoundError:
        return False


@pytest.mark.parametrize("package", [files.WEIGHTS.package, files.TOKENS.package, "onnx"])
def test_the_encoder_is_there_where_its_packages_are(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.compile(rf"{package}[=>]")
    (needed,) = filter(named.match, project["dependencies"])

    assert needed.endswith("; sys_platform == 'linux' and platform_machine == 'x86_64'")
    assert installed(package) == spanish.AVAILABLE
