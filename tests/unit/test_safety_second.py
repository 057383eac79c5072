"""The second opinion: what it reads, when it speaks, and that the gate stands without it."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from bot.language.weights import EncoderUnavailable
from bot.safety import Tier, assess, gate, load, second
from bot.safety.grammar import PatternError
from bot.safety.learning import Examples, Texts, blended, bounds, examples, fit, groups
from bot.safety.lessons import HARMLESS, Lesson, fingerprint, read_lessons
from bot.safety.phrases import CLINICAL, DATA, FULL, SOFT, read_lines
from bot.safety.second import (
    BILINGUAL,
    DIMENSIONS,
    ENGLISH,
    LONGEST,
    MOST_PIECES,
    WEIGHTS,
    Bounds,
    Opinion,
    judges,
    pieces,
    read_judges,
    second_opinion,
)

UNKNOWN_WORDS = "can't button my shirt with my right hand today, fingers won't listen"
TIERS = {"full": 2.0, "soft": 1.0, "doubt": -1.0, "clinical": 0.5}
Row = dict[str, object]


def kind(head: str, name: str, offset: float = 0.0) -> Row:
    return {"head": head, "kind": name, "weights": [0.0] * DIMENSIONS[head] + [offset]}


def head_rows(head: str, danger: float = 0.0) -> list[Row]:
    """A head whose log odds of danger are `danger`, whatever it reads."""
    return [
        {"head": head, "bounds": TIERS},
        kind(head, HARMLESS),
        kind(head, CLINICAL, -99.0),
        kind(head, "saf.medical", danger),
    ]


def written(tmp_path: Path, *rows: Row) -> Path:
    path = tmp_path / "second_opinion.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def said(danger: float, clinical: float = -9.0) -> Opinion:
    return Opinion(danger, clinical, "saf.medical", Bounds(**TIERS))


def has_opinion(monkeypatch: pytest.MonkeyPatch, opinion: Opinion | None) -> None:
    monkeypatch.setattr(gate, "second_opinion", lambda text, locale: opinion)


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


def test_a_clinical_question_keeps_its_name_unless_danger_is_likely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_opinion(monkeypatch, said(1.5))
    asked = assess("¿lo llevo a urgencias?")
    assert (asked.tier, asked.category, asked.clinical) == (Tier.NONE, "clin.wait_or_go", True)
    has_opinion(monkeypatch, said(2.5))
    assert assess("¿lo llevo a urgencias?").tier is Tier.FULL


def test_a_weak_pattern_is_doubted_only_where_the_meaning_is_far_from_danger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_opinion(monkeypatch, said(-0.9))
    assert assess("they sent me the codes of what they did to me").tier is Tier.FULL
    has_opinion(monkeypatch, said(-1.1))
    assert assess("they sent me the codes of what they did to me").tier is Tier.NONE
    assert assess("I can't breathe, and what are your hours on Sunday").tier is Tier.FULL


def test_danger_split_over_two_messages_is_never_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    has_opinion(monkeypatch, said(-9.0))
    assert assess("a whole bottle of tylenol", ["I just took"]).tier is Tier.FULL


def test_a_clinical_question_in_words_no_pattern_knows_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_opinion(monkeypatch, said(-9.0, 0.6))
    assert assess("what are your hours today").clinical
    has_opinion(monkeypatch, said(-9.0, 0.4))
    assert not assess("what are your hours today").clinical


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


@pytest.mark.parametrize(("score", "tier"), [(0.9, None), (1.1, SOFT), (1.9, SOFT), (2.1, FULL)])
def test_the_tier_follows_the_score(tmp_path: Path, score: float, tier: str | None) -> None:
    rows = [*head_rows(ENGLISH, score), *head_rows(BILINGUAL)]
    judge = read_judges(written(tmp_path, *rows))[ENGLISH]
    found = judge.opinion(np.zeros((2, DIMENSIONS[ENGLISH]), dtype=np.float32))
    assert (found.tier, found.category) == (tier, "saf.medical")


def test_the_worst_clause_counts() -> None:
    judge = judges()[ENGLISH]
    both = "do you take Aetna here? my dad is on the floor and will not talk"
    alone = second_opinion("do you take Aetna here")
    whole = second_opinion(both)
    assert alone is not None and whole is not None
    assert alone.danger < judge.bounds.soft <= whole.danger


@pytest.mark.parametrize(
    "rows",
    [
        head_rows(ENGLISH),
        [*head_rows(ENGLISH), *head_rows(BILINGUAL)[1:]],
        [*head_rows(ENGLISH), *head_rows(BILINGUAL)[:-1]],
        [*head_rows(ENGLISH), *head_rows(BILINGUAL), kind(BILINGUAL, "x") | {"weights": [1.0]}],
        [*head_rows(ENGLISH), *head_rows(BILINGUAL), kind(BILINGUAL, "x") | {"weights": "none"}],
        [{"head": ENGLISH, "bounds": TIERS | {"soft": 3.0}}, *head_rows(ENGLISH)[1:],
         *head_rows(BILINGUAL)],
    ],
)  # fmt: skip
def test_a_weights_file_that_cannot_be_used_is_refused(tmp_path: Path, rows: list[Row]) -> None:
    with pytest.raises(PatternError):
        read_judges(written(tmp_path, *rows))


def test_the_weights_are_as_new_as_their_lessons() -> None:
    """When this fails: `.venv/bin/python -m bot.safety.learning`."""
    assert next(iter(read_lines(DATA / WEIGHTS)))["fingerprint"] == fingerprint()


def test_without_the_encoder_the_patterns_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EncoderUnavailable("gone")

    monkeypatch.setattr("bot.safety.second.bilingual.encoder", missing)
    second._bilingual.cache_clear()
    try:
        assert assess("I can't breathe").tier is Tier.FULL
        assert assess(UNKNOWN_WORDS).tier is Tier.NONE
    finally:
        second._bilingual.cache_clear()


def test_without_the_english_encoder_the_bilingual_one_reads_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_both = second_opinion(UNKNOWN_WORDS)
    monkeypatch.setattr(second, "_english", lambda: None)
    found = second_opinion(UNKNOWN_WORDS)
    assert found is not None and with_both is not None
    assert found.bounds == judges()[BILINGUAL].bounds
    assert with_both.bounds == judges()[ENGLISH].bounds


def test_a_message_takes_less_than_fifty_milliseconds() -> None:
    text = "I got a bill for {} dollars but my card says 30 copay, and I called you twice already."
    assess(text)
    fastest = []
    for amount in range(300, 320):
        start = time.thread_time()
        assess(text.format(amount))
        fastest.append(time.thread_time() - start)
    assert min(fastest) < 0.050


def made_up(rows: int = 20) -> Examples:
    """Three kinds, each along its own axis of the bilingual vectors."""
    axes = np.eye(3, DIMENSIONS[BILINGUAL], dtype=np.float32)
    kinds = np.repeat(np.array([HARMLESS, CLINICAL, "saf.medical"]), rows)
    vectors = np.repeat(axes, rows, axis=0)
    return Examples(vectors, kinds, np.ones(len(kinds), np.float32), np.arange(len(kinds)))


def test_learning_parts_what_can_be_parted() -> None:
    known = made_up()
    kinds, weights = fit(known)
    scores = known.vectors @ weights[:, :-1].T + weights[:, -1]
    assert [kinds[one] for one in scores.argmax(axis=1)] == list(known.kinds)


def test_each_danger_is_also_learned_beside_an_ordinary_message() -> None:
    known = made_up()
    vectors, kinds, weight = blended(known)
    beside = vectors[len(known.kinds) :][kinds[len(known.kinds) :] == "saf.medical"]
    assert len(beside) == 20
    assert (beside[:, 0] > 0).all() and (beside[:, 2] > 0).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(vectors) == len(kinds) == len(weight)


def test_the_clauses_of_harmless_messages_are_harmless_too_and_those_of_dangers_unknown() -> None:
    text = "do you take Aetna here? and when do you open on Sunday"
    lessons = [Lesson(text, "en", HARMLESS), Lesson(text.upper(), "en", "saf.medical", own=True)]
    known = examples(BILINGUAL, lessons, Texts())
    assert list(known.kinds) == [HARMLESS] * 3 + ["saf.medical"]


def test_translations_are_left_out_together() -> None:
    lessons = [
        Lesson("my chest hurts a lot", "en", "saf.stroke_cardiac", own=True),
        Lesson("I want to report my landlord", "en", HARMLESS, own=True),
        Lesson("me duele mucho el pecho", "es", "saf.stroke_cardiac", own=True),
    ]
    one, other, translated = groups(lessons, Texts())
    assert one == translated != other


def test_tiers_begin_above_nearly_all_that_is_harmless() -> None:
    harmless = [Lesson(str(at), "en", HARMLESS, own=bool(at % 2)) for at in range(2000)]
    lessons = [*harmless, Lesson("x", "en", "saf.medical", own=True, direct=True)]
    opinions = {at: said(at / 1000, at / 1000) for at in range(2000)} | {2000: said(1.7)}
    found = bounds(lessons, opinions)
    assert 1.0 < found.soft < found.full < 2.0
    assert found.doubt == pytest.approx(1.7)


def test_every_danger_has_lessons_in_both_languages_and_no_text_is_told_two_ways() -> None:
    lessons = read_lessons()
    known = {(one.kind, one.language) for one in lessons if one.danger}
    dangers = judges()[ENGLISH].dangers
    assert known == {(one, language) for one in dangers for language in ("en", "es")}
    assert judges()[BILINGUAL].dangers == dangers
    assert len({one.text for one in lessons}) == len(lessons)
