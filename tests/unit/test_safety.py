"""The safety gate on whole messages: what it must see, and what it must leave alone."""

import json
from pathlib import Path

import pytest

from bot.safety import Tier, assess, clinical_text, load, text_for
from bot.safety.phrases import CLINICAL, FULL, LOOKALIKE, SOFT, Rule
from bot.safety.texts import SOFT_TEXT

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "evaluation" / "safety_direct.jsonl")
    .read_text("utf-8")
    .splitlines()
]
RULES = load()[0].rules
CATEGORIES = sorted({rule.category for rule in RULES if rule.tier == FULL})


def rules(tier: str) -> list[Rule]:
    return [rule for rule in RULES if rule.tier == tier]


def test_no_direct_wording_of_an_emergency_is_missed() -> None:
    direct = [row for row in ROWS if row["tier"] == "full"]
    missed = [row["id"] for row in direct if assess(row["text"]).tier is not Tier.FULL]
    assert len(direct) >= 120
    assert missed == []


def test_look_alikes_rarely_interrupt() -> None:
    alike = [row for row in ROWS if row["tier"] == "none"]
    interrupted = [row["id"] for row in alike if assess(row["text"]).tier is Tier.FULL]
    assert len(alike) >= 60
    assert len(interrupted) <= 0.05 * len(alike), interrupted


def test_an_emergency_is_answered_with_the_text_of_its_own_kind() -> None:
    texts = load()[1].ids
    direct = [row for row in ROWS if row["tier"] == "full"]
    other = [
        row["id"]
        for row in direct
        if text_for(assess(row["text"]), row["locale"]).id != texts[row["category"]]
    ]
    assert len(other) <= 0.02 * len(direct), other


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_danger_is_known_in_both_languages(category: str, language: str) -> None:
    examples = [r for r in rules(FULL) if (r.category, r.language) == (category, language)]
    assert examples
    assert [r.example for r in examples if assess(r.example).tier is not Tier.FULL] == []


def test_every_unclear_example_gets_at_least_the_soft_line() -> None:
    assert [r.example for r in rules(SOFT) if assess(r.example).tier is Tier.NONE] == []


def test_no_look_alike_example_interrupts_and_nearly_all_pass_without_a_word() -> None:
    tiers = [assess(rule.example).tier for rule in rules(LOOKALIKE)]
    assert Tier.FULL not in tiers
    assert tiers.count(Tier.SOFT) <= 0.02 * len(tiers)


def test_every_clinical_example_is_routed() -> None:
    found = {r.example: assess(r.example) for r in rules(CLINICAL)}
    assert [one for one, it in found.items() if not it.clinical and it.tier is not Tier.FULL] == []


@pytest.mark.parametrize("joiner", [". ", ", ", " and ", " y "])
@pytest.mark.parametrize(
    "danger",
    ["I can't breathe", "I want to kill myself", "my baby is choking", "me quiero matar",
     "my husband hits me", "no puedo respirar", "I took all my pills", "me duele el pecho",
     "he fell off the roof", "voy a matar a mi jefe", "estoy embarazada y sangrando mucho"],
)  # fmt: skip
def test_a_look_alike_beside_a_danger_never_hides_it(danger: str, joiner: str) -> None:
    for alike in (rule.example for rule in rules(LOOKALIKE)):
        assert assess(f"{alike}{joiner}{danger}").tier is Tier.FULL, alike
        assert assess(f"{danger}{joiner}{alike}").tier is Tier.FULL, alike


@pytest.mark.parametrize(
    "text",
    ["i cant breath", "I can\u2019t breathe!!!", "I CAN T BREATHE", "i can\u200bt br\u00e9athe",
     "i cant breeeeathe", "i want to k1ll myself", "s u i c i d a l", "im sucidal",
     "she is unconcious", "my mom overdoesd on pills she over dosed, i mean overdosed",
     "no puedo RESPIRAR", "nesecito una anbulancia", "kiero morirme", "me kiero matar",
     "I want to kіll myself", "i wanna kms"],
)  # fmt: skip
def test_spelling_and_keyboard_do_not_hide_a_danger(text: str) -> None:
    assert assess(text).tier is Tier.FULL


@pytest.mark.parametrize(
    ("previous", "text"),
    [
        (["i just took"], "the whole bottle"),
        (["my chest"], "hurts really bad"),
        (["hi", "my baby"], "is really limp"),
        (["I really want to"], "die"),
        (["me quiero"], "matar"),
        (["no siento"], "al bebé moverse"),
        (["mi esposo", "me"], "pega cuando toma"),
    ],
)
def test_a_danger_split_over_messages_is_seen(previous: list[str], text: str) -> None:
    assert assess(text).tier is not Tier.FULL
    assert assess(text, previous).tier is Tier.FULL


@pytest.mark.parametrize("text", ["ok thanks", "now can I pay my bill?", "gracias", "tonight"])
def test_a_danger_already_answered_does_not_interrupt_again(text: str) -> None:
    previous = ["I want to kill myself", "no puedo respirar"]
    assert assess(text, previous).tier is Tier.NONE


def test_only_the_last_lines_are_joined() -> None:
    assert assess("matar", ["me quiero", "hola", "otra cosa"]).tier is Tier.NONE


@pytest.mark.parametrize(
    "text", ["I can't go on", "ya no puedo más", "I feel hopeless", "siento que soy una carga"]
)
def test_unclear_words_get_the_soft_line_only(text: str) -> None:
    assert assess(text).tier is Tier.SOFT


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("can I double my dose of metformin", "clin.medication"),
        ("what do my lab results mean", "clin.results"),
        ("do I have strep", "clin.diagnosis"),
        ("any home remedy for a cough", "clin.treatment"),
        ("my knee is swollen", "clin.symptom"),
        ("is it safe to fly while pregnant", "clin.pregnancy"),
        ("my toddler has a rash", "clin.pediatric"),
        ("my incision is red and leaking", "clin.postop"),
        ("should I go to the ER", "clin.wait_or_go"),
        ("¿puedo tomar ibuprofeno?", "clin.medication"),
        ("¿qué significan mis análisis?", "clin.results"),
        ("¿es grave?", "clin.diagnosis"),
        ("qué es bueno para la tos", "clin.treatment"),
        ("me duele la rodilla", "clin.symptom"),
        ("estoy embarazada y tengo náuseas", "clin.pregnancy"),
        ("mi hijo tiene ronchas", "clin.pediatric"),
        ("la herida está roja y huele mal", "clin.postop"),
        ("¿lo llevo a urgencias?", "clin.wait_or_go"),
    ],
)
def test_a_clinical_question_is_named(text: str, category: str) -> None:
    found = assess(text)
    assert (found.tier, found.category, found.clinical) == (Tier.NONE, category, True)


@pytest.mark.parametrize(
    "text",
    ["how much does an MRI cost", "I need a refill of my insulin", "do you take Blue Cross",
     "I have back pain and need an appointment", "when will my test results be in the portal",
     "does Medicaid cover antibiotics", "cuánto cuesta una radiografía", "quiero una cita por tos",
     "is there a fee to split my payments", "¿cubre el seguro la insulina?", "hi", ""],
)  # fmt: skip
def test_an_ordinary_question_passes(text: str) -> None:
    found = assess(text)
    assert (found.tier, found.category, found.clinical) == (Tier.NONE, None, False)


def test_an_unclear_line_with_a_clinical_question_is_both() -> None:
    found = assess("I can't go on. Can I double my dose of lithium?")
    assert (found.tier, found.clinical) == (Tier.SOFT, True)


def test_a_full_interrupt_is_never_also_clinical() -> None:
    assert not assess("I took too many pills, what dose is safe?").clinical


def test_self_harm_outranks_other_dangers() -> None:
    found = assess("I want to kill myself and my chest hurts")
    assert found.category == "saf.suicide"


def test_both_languages_are_looked_for_whatever_the_locale() -> None:
    assert assess("no puedo respirar", (), "en").tier is Tier.FULL
    assert assess("I can't breathe", (), "es").tier is Tier.FULL


def test_a_soft_finding_gets_the_one_soft_line() -> None:
    found = text_for(assess("I can't go on"), "es")
    assert (found.id, found.language) == (SOFT_TEXT, "es")
    assert "\n" not in found.text


def test_there_is_no_text_where_nothing_was_found() -> None:
    with pytest.raises(ValueError, match="nothing was found"):
        text_for(assess("hello"), "en")


def test_the_nurse_line_is_filled_in_as_a_link() -> None:
    found = clinical_text("en", "555-010-0199")
    assert "[555-010-0199](tel:5550100199)" in found.text


def test_without_a_nurse_line_its_paragraph_is_left_out() -> None:
    filled, bare = clinical_text("es", "555-010-0199"), clinical_text("es", None)
    assert "{nurse_line}" not in bare.text
    assert "enfermería" not in bare.text
    assert "[911](tel:911)" in bare.text
    assert filled.hash == bare.hash
