"""Measured texts: each is encoded once, and a file of vectors helps or does nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.knowledge import measuring, vectors
from bot.knowledge.heads import fit
from bot.knowledge.index import Heads, build, lessons_of
from bot.knowledge.measuring import FEW, Asked, TextCache, asked
from bot.knowledge.vectors import Floats, Part
from bot.language import spanish
from bot.language.english import english_encoder
from bot.language.spanish import spanish_encoder
from tests.starter import starter_content

spanish_only = pytest.mark.skipif(not spanish.AVAILABLE, reason="no package carries the weights")

TEXTS = ("How do I pay?", "¿Dónde me estaciono?", "What is a copay?")


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was encoded, rather than remembered."""
    texts: list[str] = []
    original = TextCache._encoded

    def counting(missing: list[str], part: Part) -> object:
        texts.extend(missing)
        return original(missing, part)

    monkeypatch.setattr(TextCache, "_encoded", staticmethod(counting))
    yield texts


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file with the vectors of the texts."""
    cache = TextCache()
    cache.measure(TEXTS)
    cache.keep(tmp_path / "models" / vectors.FILE)
    return tmp_path / "models" / vectors.FILE


def native(one: Asked) -> Floats:
    """What the encoder of its own language made of it."""
    assert one.native is not None
    return one.native


def assert_right(cache: TextCache) -> None:
    for text, measured in zip(TEXTS, cache.measure(TEXTS), strict=True):
        alone = asked(text, "en")
        assert measured.text == alone.text
        assert np.array_equal(measured.vector, alone.vector)
        assert np.array_equal(measured.grams.features, alone.grams.features)
        assert np.array_equal(measured.grams.counts, alone.grams.counts)


def test_texts_measured_together_come_out_as_alone_and_in_order() -> None:
    texts = [f"question number {number}" for number in range(2 * FEW)]
    for text, measured in zip(texts, TextCache().measure(texts), strict=True):
        assert np.array_equal(measured.vector, asked(text, "en").vector)


def test_a_text_is_measured_by_the_encoder_of_its_own_language_too() -> None:
    english, none = TextCache().measure([TEXTS[0], TEXTS[0]], ["en", ""])

    assert np.array_equal(native(english), english_encoder().encode([english.text])[0])
    assert none.native is None
    assert english.features.shape == (english.vector.size + native(english).size,)
    assert np.array_equal(none.features, none.vector)
    assert np.array_equal(native(asked(TEXTS[0], "en")), native(english))


@spanish_only
def test_no_encoder_is_drowned_out_by_another_in_what_a_head_sees() -> None:
    asked_in_spanish = [
        *("¿Aceptan mi seguro?", "¿Dónde me estaciono?", "Quiero cambiar mi cita"),
        *("¿Cuánto debo?", "¿A qué hora abren?", "Necesito mis resultados"),
    ]
    features = np.stack([asked(text, "es").features for text in asked_in_spanish])
    bilingual, own = features[:, :512].std(axis=0).mean(), features[:, 512:].std(axis=0).mean()

    assert 0.5 < own / bilingual < 2


@spanish_only
def test_a_spanish_text_is_measured_by_the_spanish_encoder() -> None:
    measured, other = TextCache().measure([TEXTS[1], TEXTS[2]], ["es", "en"])

    assert np.array_equal(native(measured), spanish_encoder().encode([measured.text])[0])
    assert np.array_equal(native(asked(TEXTS[1], "es")), native(measured))
    assert np.array_equal(native(other), english_encoder().encode([other.text])[0])


@spanish_only
def test_one_text_in_two_languages_is_measured_and_kept_for_each(
    tmp_path: Path, encoded: list[str]
) -> None:
    cache = TextCache()
    english, in_spanish = cache.measure(["no", "no"], ["en", "es"])
    cache.keep(tmp_path / vectors.FILE)
    encoded.clear()
    again = TextCache(tmp_path / vectors.FILE).measure(["no", "no"], ["en", "es"])

    assert not np.array_equal(native(english), native(in_spanish))
    assert np.array_equal(native(again[0]), native(english))
    assert np.array_equal(native(again[1]), native(in_spanish))
    assert encoded == []


def test_without_an_encoder_of_its_own_spanish_goes_on_with_the_bilingual_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(measuring.NATIVE, "es", raising=False)
    question = asked(TEXTS[1], "es")
    content = starter_content()
    index = build(replace(content, articles=content.articles[:3]), TextCache())
    slugs = [article.slug for article in index.articles]
    head = fit(lessons_of(TextCache().measure(TEXTS), np.arange(3), 3, "es"), slugs)

    assert question.native is None
    assert set(index.space.native) == {"en"}
    assert head.weights.shape == (question.vector.size, 3)
    assert np.array_equal(index.evidence(question).native, index.evidence(question).nearest)


@spanish_only
def test_a_spanish_head_learns_from_spanish_sentences_as_both_encoders_see_them() -> None:
    measured = TextCache().measure(TEXTS, ["en", "es", "en"])
    lessons = lessons_of(measured, np.arange(3), 3, "es")

    assert list(lessons.rows) == [1]
    assert np.array_equal(lessons.vectors[0], measured[1].features)


def test_a_head_is_used_with_the_encoders_it_was_fitted_with_and_no_others() -> None:
    content, cache = starter_content(), TextCache()
    content = replace(content, articles=content.articles[:3])
    index = build(content, cache)
    entries = index.entries
    measured = cache.measure((one.text for one in entries), (one.language for one in entries))
    slugs = [article.slug for article in index.articles]
    head = fit(lessons_of(measured, index.owner, 3, "es"), slugs)
    other = replace(head, mean=head.mean[:-8], weights=head.weights[:-8])

    assert set(build(content, cache, learned=Heads({"es": head})).space.heads) == {"es"}
    assert not build(content, cache, learned=Heads({"es": other})).space.heads


def test_a_text_that_was_seen_is_not_encoded_again(encoded: list[str]) -> None:
    cache = TextCache()
    cache.measure(["How do I pay?", "how do i pay", "How do I pay?"])
    cache.measure(["How do I pay?"])

    assert encoded == ["how do i pay"]


def test_an_edit_measures_only_its_own_words(encoded: list[str]) -> None:
    content, cache = starter_content(), TextCache()
    content = replace(content, articles=content.articles[:3])
    build(content, cache)
    encoded.clear()
    first = content.articles[0]
    english = first.versions["en"]
    edited = replace(english, words=replace(english.words, title="A title nobody wrote before"))
    articles = (replace(first, versions={**first.versions, "en": edited}), *content.articles[1:])
    build(replace(content, articles=articles), cache)

    assert set(encoded) == {"a title nobody wrote before"}


def test_what_was_not_asked_for_again_is_forgotten_some_time() -> None:
    cache = TextCache(spare=1)
    cache.measure(["one", "two", "three", "four"])
    cache.measure(["five"])

    assert list(cache._known) == [("five", "")]


def test_a_new_process_takes_vectors_from_the_file(kept: Path, encoded: list[str]) -> None:
    assert_right(TextCache(kept))
    assert encoded == []


def test_only_what_the_file_does_not_hold_is_encoded(kept: Path, encoded: list[str]) -> None:
    TextCache(kept).measure([*TEXTS, "something new"])

    assert encoded == ["something new"]


def test_a_missing_file_is_no_harm(tmp_path: Path, encoded: list[str]) -> None:
    assert_right(TextCache(tmp_path / "nothing.npz"))
    assert len(encoded) == len(TEXTS)
    assert not vectors.usable(tmp_path / "nothing.npz")


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def _one_bit_flipped(path: Path) -> None:
    body = bytearray(path.read_bytes())
    number = asked(TEXTS[1], "").vector.tobytes()
    body[body.index(number) + 800] ^= 1
    path.write_bytes(body)


def _rewritten(path: Path, **changes: object) -> None:
    with np.load(path) as file:
        parts = {name: file[name] for name in file.files} | changes
    np.savez(path, **parts)


def _of_another_encoder(path: Path) -> None:
    _rewritten(path, made_by=np.array("1 another"), bilingual=np.ones((3, 512), np.float32))


def _of_another_size(path: Path) -> None:
    _rewritten(path, bilingual=np.ones((3, 8), np.float32))


def _with_fewer_rows(path: Path) -> None:
    _rewritten(path, bilingual=np.ones((2, 512), np.float32))


def _with_other_keys(path: Path) -> None:
    _rewritten(path, bilingual_keys=np.zeros((3, 4), np.uint8))


def _pickled(path: Path) -> None:
    _rewritten(path, bilingual=np.array([None, {}, []], dtype=object))


def _a_single_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.ones((3, 512), np.float32))


@pytest.mark.parametrize(
    "damage",
    [
        *(_emptied, _cut_short, _one_bit_flipped, _of_another_encoder, _of_another_size),
        *(_with_fewer_rows, _with_other_keys, _pickled, _a_single_array),
    ],
)
def test_a_damaged_or_foreign_file_is_as_good_as_none(
    kept: Path, damage: Callable[[Path], None], encoded: list[str]
) -> None:
    damage(kept)

    assert_right(TextCache(kept))
    assert len(encoded) == len(TEXTS)


def test_a_file_of_another_release_is_not_usable(kept: Path) -> None:
    assert vectors.usable(kept)
    _of_another_encoder(kept)
    assert not vectors.usable(kept)


def test_writing_replaces_the_file_and_leaves_nothing_beside_it(kept: Path) -> None:
    cache = TextCache()
    cache.measure(["only this"])
    cache.keep(kept)

    assert set(vectors.read(kept, ["only this", asked(TEXTS[0], "").text])) == {"only this"}
    assert [path.name for path in kept.parent.iterdir()] == [vectors.FILE]


def test_a_failed_write_leaves_the_old_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        TextCache().keep(kept)

    assert_right(TextCache(kept))
    assert [path.name for path in kept.parent.iterdir()] == [vectors.FILE]


@pytest.mark.parametrize(("count", "threads"), [(FEW, 0), (FEW + 1, 2)])
def test_many_texts_are_shared_out_among_the_cores_and_few_are_not(
    monkeypatch: pytest.MonkeyPatch, count: int, threads: int
) -> None:
    asked_for: list[int] = []

    class Watched(ThreadPoolExecutor):
        def __init__(self, workers: int, prefix: str) -> None:
            asked_for.append(workers)
            super().__init__(workers, prefix)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(measuring, "ThreadPoolExecutor", Watched)
    TextCache().measure([f"text {number}" for number in range(count)])

    assert sum(asked_for) == threads


def test_what_the_entries_do_not_decide_is_built_without_measuring_anew() -> None:
    content, cache = starter_content(), TextCache()
    content = replace(content, articles=content.articles[:3])
    first, later = build(content, cache), build(replace(content, revision=7), cache)

    assert later.content.revision == 7
    assert later.vectors is first.vectors
