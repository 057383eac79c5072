"""The second opinion: what it reads, when it speaks, and that the gate stands without it."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.language import spanish
from bot.language.weights import EncoderUnavailable
from bot.safety import Tier, assess, gate, load, second
from bot.safety.fitting import Examples, blended, fit
from bot.safety.grammar import PatternError
from bot.safety.learning import Texts, bounds, examples, groups
from bot.safety.lessons import HARMLESS, Lesson, fingerprint, read_lessons
from bot.safety.phrases import CLINICAL, DATA, FULL, SOFT, read_lines
from bot.safety.second import (
    BILINGUAL,
    DIMENSIONS,
    ENGLISH,
    ENGLISH_FINE,
    LONGEST,
    MOST_PIECES,
    SPANISH_FINE,
    WEIGHTS,
    Bounds,
    Judge,
    Opinion,
    judges,
    pieces,
    read_judges,
    second_opinion,
)

UNKNOWN_WORDS = "can't button my shirt with my right hand today, fingers won't listen"
TIERS = {"full": 2.0, "soft": 1.0, "doubt": -1.0, "clinical": 0.5, "unclinical": -10.0}
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


def heads(changed: Sequence[Row] = (), head: str = ENGLISH, danger: float = 0.0) -> list[Row]:
    """The rows of every head; of one of them `changed` or with other log odds of danger."""
    found: list[Row] = []
    for one in DIMENSIONS:
        if one != head:
            found += head_rows(one)
        else:
            found += changed or head_rows(one, danger)
    return found


def written(tmp_path: Path, *rows: Row) -> Path:
    path = tmp_path / "second_opinion.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def said(danger: float, clinical: float = -9.0) -> Opinion:
    return Opinion(danger, clinical, "saf.medical", Bounds(**TIERS))


def has_opinion(monkeypatch: pytest.MonkeyPatch, opinion: Opinion | None) -> None:
    monkeypatch.setattr(gate, "second_opinion", lambda text, locale: opinion)


def has_opinions(monkeypatch: pytest.MonkeyPatch, dangers: dict[str, float], rest: float) -> None:
    """Opinions with these log odds of danger, and of any other text with those of `rest`."""
    monkeypatch.setattr(gate, "second_opinion", lambda text, locale: said(dangers.get(text, rest)))


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


@pytest.mark.parametrize(
    "told",
    ["my neighbor said he will kill me, that was in 2019", "lol he said he will kill me",
     "in the novel he said he will kill me"],
)  # fmt: skip
def test_a_danger_told_of_far_away_is_doubted_as_a_weak_one_is(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    has_opinion(monkeypatch, said(-0.9))
    assert assess(told).tier is Tier.FULL
    has_opinion(monkeypatch, said(-1.1))
    assert assess(told).tier is Tier.NONE
    assert assess("he said he will kill me").tier is Tier.FULL


def test_patterns_that_cannot_be_doubted_ask_no_second_opinion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(text: str, locale: str) -> Opinion:
        raise AssertionError("asked")

    monkeypatch.setattr(gate, "second_opinion", never)
    assert assess("he said he will kill me").tier is Tier.FULL


def test_beside_a_look_alike_the_lesser_danger_of_the_whole_and_the_rest_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "this bill is killing me and what are your hours on Sunday"
    for whole, rest, tier in (
        (2.5, -5.0, Tier.NONE),
        (-5.0, 2.5, Tier.NONE),
        (2.5, 2.5, Tier.FULL),
    ):
        has_opinions(monkeypatch, {text: whole}, rest)
        assert assess(text).tier is tier


def test_a_clinical_question_that_may_be_danger_gets_both_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_opinion(monkeypatch, said(1.5, 0.6))
    found = assess("what are your hours today")
    assert (found.tier, found.clinical) == (Tier.SOFT, True)
    has_opinion(monkeypatch, said(1.5, 0.4))
    assert not assess("what are your hours today").clinical


def test_danger_split_over_two_messages_is_never_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    has_opinion(monkeypatch, said(-9.0))
    assert assess("a whole bottle of tylenol", ["I just took"]).tier is Tier.FULL


def test_clinical_words_that_surely_mean_something_else_are_doubted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "¿lo llevo a urgencias?"
    has_opinion(monkeypatch, said(-9.0, clinical=-9.9))
    heard = assess(text).clinical
    has_opinion(monkeypatch, said(-9.0, clinical=-10.1))
    doubted = assess(text).clinical

    assert (heard, doubted) == (True, False)


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
    judge = read_judges(written(tmp_path, *heads(danger=score)))[ENGLISH]
    found = judge.opinion(np.zeros((2, DIMENSIONS[ENGLISH]), dtype=np.float32))
    assert (found.tier, found.category) == (tier, "saf.medical")


def test_the_worst_clause_counts_as_much_as_the_whole() -> None:
    rows = [kind(BILINGUAL, HARMLESS), kind(BILINGUAL, CLINICAL, -99.0), danger_along_first()]
    judge = Judge(
        tuple(str(row["kind"]) for row in rows),
        np.array([row["weights"] for row in rows], dtype=np.float32),
        Bounds(**TIERS),
    )
    whole, harmless, danger = np.zeros((3, 1, DIMENSIONS[BILINGUAL]), dtype=np.float32)
    danger[0, 0] = 1.0
    assert judge.opinion(np.vstack([whole, harmless])).danger == pytest.approx(0.0)
    assert judge.opinion(np.vstack([whole, danger])).danger == pytest.approx(2.0)
    assert judge.opinion(np.vstack([danger, harmless])).danger == pytest.approx(4.0)


def danger_along_first() -> Row:
    """Four log odds of danger for a vector along the first axis."""
    return kind(BILINGUAL, "saf.medical") | {"weights": [4.0] + [0.0] * DIMENSIONS[BILINGUAL]}


def test_danger_in_one_clause_is_seen_beside_an_ordinary_question() -> None:
    alone = second_opinion("do you take Aetna here")
    both = second_opinion("do you take Aetna here? my dad is on the floor and will not talk")
    assert alone is not None and both is not None
    assert alone.tier is None
    assert both.tier == FULL


@pytest.mark.parametrize(
    "rows",
    [
        heads()[:-4],
        heads(head_rows(ENGLISH)[1:]),
        heads(head_rows(ENGLISH)[:-1]),
        [*heads(), kind(ENGLISH, "x") | {"weights": [1.0]}],
        [*heads(), kind(ENGLISH, "x") | {"weights": "none"}],
        heads([{"head": ENGLISH, "bounds": TIERS | {"soft": 3.0}}, *head_rows(ENGLISH)[1:]]),
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


@pytest.mark.parametrize(
    ("text", "missing", "head"),
    [
        (UNKNOWN_WORDS, ("_fine",), ENGLISH),
        (UNKNOWN_WORDS, ("_fine", "_english"), BILINGUAL),
        ("no puedo abrochar la camisa con la mano derecha", ("_fine",), BILINGUAL),
    ],
)
def test_where_an_encoder_is_missing_the_next_best_head_judges(
    monkeypatch: pytest.MonkeyPatch, text: str, missing: tuple[str, ...], head: str
) -> None:
    for name in missing:
        monkeypatch.setattr(second, name, lambda: None)
    found = second_opinion(text)
    assert found is not None
    assert found.bounds == judges()[head].bounds


@pytest.mark.skipif(not spanish.AVAILABLE, reason="no package carries its weights here")
@pytest.mark.parametrize(
    ("text", "head"),
    [(UNKNOWN_WORDS, ENGLISH_FINE), ("no puedo abrochar la camisa con la mano", SPANISH_FINE)],
)
def test_where_every_encoder_is_built_each_language_has_its_finest_head(
    text: str, head: str
) -> None:
    found = second_opinion(text)
    assert found is not None
    assert found.bounds == judges()[head].bounds


def made_up(rows: int = 20, size: int = DIMENSIONS[BILINGUAL]) -> Examples:
    """Three kinds, each along its own axis of the bilingual vectors."""
    axes = np.eye(3, size, dtype=np.float32)
    kinds = np.repeat(np.array([HARMLESS, CLINICAL, "saf.medical"]), rows)
    vectors = np.repeat(axes, rows, axis=0)
    return Examples(vectors, kinds, np.ones(len(kinds), np.float32), np.arange(len(kinds)))


@pytest.mark.parametrize("head", [BILINGUAL, SPANISH_FINE])
def test_learning_parts_what_can_be_parted(head: str) -> None:
    known = made_up(200, DIMENSIONS[head])
    judge = fit(head, known)
    said = [judge.opinion(one[None, :]) for one in known.vectors]
    assert [one.danger > 0 for one in said] == list(known.kinds == "saf.medical")
    asked = [one.clinical > 0 for one, kind in zip(said, known.kinds, strict=True)
             if kind != "saf.medical"]  # fmt: skip
    assert asked == [False] * 200 + [True] * 200


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
    danger = Lesson("x", "en", "saf.medical", own=True, direct=True)
    question = Lesson("y", "en", CLINICAL, own=True)
    opinions = {at: said(at / 1000, at / 1000) for at in range(2000)}
    opinions |= {2000: said(1.7), 2001: said(-1.0, 0.9)}
    found = bounds([*harmless, danger, question], opinions)
    assert 1.0 < found.soft < found.full < 2.0
    assert found.doubt == pytest.approx(1.7)
    assert found.unclinical == pytest.approx(0.9)


def test_every_danger_has_lessons_in_both_languages_and_no_text_is_told_two_ways() -> None:
    lessons = read_lessons()
    known = {(one.kind, one.language) for one in lessons if one.danger}
    dangers = judges()[ENGLISH].dangers
    assert known == {(one, language) for one in dangers for language in ("en", "es")}
    assert judges()[BILINGUAL].dangers == dangers
    assert len({one.text for one in lessons}) == len(lessons)
