"""The second opinion: what it reads, when it speaks, and that the gate stands without it."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from bot.language.encoder import DIMENSION
from bot.language.weights import EncoderUnavailable
from bot.safety import Tier, assess, load, second
from bot.safety.grammar import PatternError
from bot.safety.learning import Corpus, fit, mixed, read_corpus
from bot.safety.phrases import FULL, SOFT
from bot.safety.second import (
    LONGEST,
    MOST_PIECES,
    Opinion,
    pieces,
    read_judge,
    second_opinion,
)

UNKNOWN_WORDS = "can't button my shirt with my right hand today, fingers won't listen"


def weights(**changed: object) -> dict[str, object]:
    return {"category": "saf.medical", "weights": [0.0] * (DIMENSION + 1)} | changed


def written(tmp_path: Path, *rows: dict[str, object]) -> Path:
    path = tmp_path / "second_opinion.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


DANGER = weights(category="danger", soft=1.0, full=2.0, weights=[0.0] * DIMENSION + [1.5])


def test_danger_in_words_no_pattern_knows_is_seen() -> None:
    words = load()[0].normaliser.words(UNKNOWN_WORDS)
    assert not list(load()[0].matches(words, (FULL, SOFT)))
    assert assess(UNKNOWN_WORDS).tier is not Tier.NONE


@pytest.mark.parametrize(
    "text",
    ["Maria Lopez", "yes", "555 010 0199", "my date of birth is March 4 1980", "gracias",
     "blue cross ppo gold, member id XJ3 991", "el jueves en la tarde está bien",
     "tomorrow at 3 works for me thanks a lot"],
)  # fmt: skip
def test_what_people_type_into_a_form_passes(text: str) -> None:
    assert assess(text).tier is Tier.NONE


def test_an_unclear_line_that_a_pattern_knows_stays_unclear() -> None:
    assert assess("nobody would miss me, no one cares about me").tier is Tier.SOFT


def test_a_clinical_question_keeps_its_name_unless_danger_is_likely() -> None:
    asked = assess("¿lo llevo a urgencias?")
    assert second_opinion("¿lo llevo a urgencias?") == Opinion(SOFT, "saf.medical")
    assert (asked.tier, asked.category, asked.clinical) == (Tier.NONE, "clin.wait_or_go", True)


def test_words_that_a_look_alike_covers_are_hidden_from_it_too() -> None:
    book = load()[0]
    assert book.uncovered(book.normaliser.words("thanks, I am not suicidal")) == ["thanks", ","]
    assert book.uncovered(book.normaliser.words("what are your hours")) is None


def test_a_message_is_read_whole_and_by_clause() -> None:
    text = "do you take Aetna here? my dad is on the floor, he will not talk"
    assert pieces(text) == [
        text,
        "do you take Aetna here",
        "my dad is on the floor",
        "he will not talk",
    ]


def test_many_clauses_are_read_together() -> None:
    text = ". ".join(f"clause number {at} here" for at in range(8))
    found = pieces(text)
    assert found[0] == text
    assert found[1:] == [
        f"clause number {at} here, clause number {at + 1} here" for at in range(0, 8, 2)
    ]


def test_of_a_very_long_message_the_begin_and_the_end_are_read() -> None:
    found = pieces(f"it begins with this clause. {'and on it goes ' * 200}. it ends with this one")
    assert len(found) <= MOST_PIECES + 1
    assert found[0].startswith("it begins with this clause")
    assert found[0].endswith("it ends with this one")
    assert max(map(len, found)) <= LONGEST + 2


def test_a_few_words_say_too_little_for_an_opinion() -> None:
    assert pieces("my chest hurts") == []
    assert second_opinion("my chest hurts") is None


@pytest.mark.parametrize(("score", "tier"), [(0.9, None), (1.0, SOFT), (1.9, SOFT), (2.0, FULL)])
def test_the_tier_follows_the_score(tmp_path: Path, score: float, tier: str | None) -> None:
    line = DANGER | {"weights": [0.0] * DIMENSION + [score]}
    judge = read_judge(written(tmp_path, line, weights()))
    found = judge.opinion(np.zeros((2, DIMENSION), dtype=np.float32))
    assert (found and found.tier) == tier


@pytest.mark.parametrize(
    "rows",
    [
        [weights()],
        [DANGER],
        [DANGER | {"soft": 3.0}, weights()],
        [DANGER | {"weights": [1.0]}, weights()],
        [DANGER, weights(weights="none")],
        [DANGER, weights(weights=["x"] * (DIMENSION + 1))],
    ],
)
def test_a_weights_file_that_cannot_be_used_is_refused(
    tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    with pytest.raises(PatternError):
        read_judge(written(tmp_path, *rows))


def test_without_the_encoder_the_patterns_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EncoderUnavailable("gone")

    monkeypatch.setattr(second, "encoder", missing)
    second._encoder.cache_clear()
    try:
        assert assess("I can't breathe").tier is Tier.FULL
        assert assess(UNKNOWN_WORDS).tier is Tier.NONE
    finally:
        second._encoder.cache_clear()


def test_a_message_takes_less_than_ten_milliseconds() -> None:
    text = "I got a bill for {} dollars but my card says 30 copay, and I called you twice already."
    assess(text)
    fastest = []
    for amount in range(300, 320):
        start = time.thread_time()
        assess(text.format(amount))
        fastest.append(time.thread_time() - start)
    assert min(fastest) < 0.010


def test_learning_parts_what_can_be_parted() -> None:
    vectors = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]] * 20)
    truth = np.array([1.0, 1.0, 0.0, 0.0] * 20)
    found = fit(vectors, truth, np.ones(len(truth)))
    scores = vectors @ found[:-1] + found[-1]
    assert (scores[truth == 1] > 1).all()
    assert (scores[truth == 0] < -1).all()


def test_each_danger_is_also_learned_beside_an_ordinary_question() -> None:
    ordinary = [("what do I owe", "en"), ("do you have parking", "en"), ("cuánto debo", "es")]
    ordinary.append(("hay estacionamiento", "es"))
    beside, pairs = mixed(Corpus([("no respira", "saf.medical", "es")], ordinary, []))
    assert "no respira" in beside[0]
    assert "debo" in beside[0] or "estacionamiento" in beside[0]
    assert all(". " in pair for pair in pairs)


def test_every_danger_has_prototypes_in_both_languages_and_no_text_is_both() -> None:
    corpus = read_corpus()
    known = {(category, language) for _, category, language in corpus.dangers}
    assert known == {(one, lang) for one in second.judge().categories for lang in ("en", "es")}
    plain = {text for text, _ in corpus.ordinary}
    assert not {text for text, _, _ in corpus.dangers} & plain
