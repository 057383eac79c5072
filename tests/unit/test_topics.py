"""The map of subjects: complete, in two languages, and true of what the assistant can do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.errors import Invalid
from bot.knowledge import topics
from bot.knowledge.topics import Ends
from bot.safety.phrases import DATA as SAFETY
from bot.safety.phrases import read_book
from bot.safety.texts import read_texts
from bot.settings import ROOT

MAP = topics.standard()


def load(tmp_path: Path, text: str) -> topics.Topics:
    path = tmp_path / "topics.toml"
    path.write_text(text, "utf-8")
    return topics.load(path)


def test_every_subject_that_patients_bring_is_on_the_map() -> None:
    assert len(MAP.root) == 371
    assert Counter(topic.ends.value for topic in MAP.root.values()) == {
        "article": 332,
        "safety": 15,
        "clinical": 12,
        "reply": 5,
        "decline": 5,
        "person": 2,
    }


def test_no_two_subjects_have_the_same_name_for_staff() -> None:
    for language in ("en", "es"):
        names = Counter(topic.title(language) for topic in MAP.root.values())
        assert [name for name, count in names.items() if count > 1] == []


def test_an_action_that_answers_exists() -> None:
    actions = set(yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["actions"])
    named = {topic.by for topic in MAP.root.values() if topic.by and topic.by.startswith("action_")}
    assert named
    assert named <= actions


def test_a_danger_is_one_that_the_safety_gate_knows_and_has_a_text_for() -> None:
    known = {rule.category for rule in read_book(SAFETY).rules}
    answered = read_texts(SAFETY).ids
    for topic_id in MAP.ending(Ends.SAFETY):
        by = MAP.root[topic_id].by
        assert by in known, topic_id
        assert by in answered, topic_id


def test_a_clinical_question_is_seen_by_the_gate_or_routed_by_its_action() -> None:
    known = {rule.category for rule in read_book(SAFETY).rules} | {"action_route_clinical"}
    assert {MAP.root[one].by for one in MAP.ending(Ends.CLINICAL)} <= known


def test_a_subject_is_found_by_its_id_and_an_unknown_one_is_not() -> None:
    copay = MAP.get("cov.copay")
    assert copay is not None
    assert (copay.title("en"), copay.title("es")) == ("Copay", "Copago")
    assert MAP.get("cov.nothing") is None


@pytest.mark.parametrize(
    ("line", "field", "told"),
    [
        ('copay = { ends = "shrug", en = "A", es = "B" }', "cov.copay.ends", "'article'"),
        ('copay = { ends = "article", en = "A" }', "cov.copay.es", "required"),
        ('copay = { ends = "article", en = "A", es = "" }', "cov.copay.es", "at least 1"),
        ('copay = { ends = "article", en = "A", es = "B", to = 1 }', "cov.copay.to", "not perm"),
        ('copay = { ends = "article", by = "x", en = "A", es = "B" }', "cov.copay", "remove `by`"),
        ('copay = { ends = "safety", en = "A", es = "B" }', "cov.copay", "which action"),
        (
            'copay = { ends = "reply", by = "x", person = true, en = "A", es = "B" }',
            "cov.copay",
            "`person`",
        ),
        (f'copay = {{ ends = "article", en = "{"A" * 51}", es = "B" }}', "cov.copay.en", "50"),
    ],
)
def test_a_subject_that_is_not_understood_is_named_with_a_remedy(
    tmp_path: Path, line: str, field: str, told: str
) -> None:
    with pytest.raises(Invalid) as caught:
        load(tmp_path, f"[cov]\n{line}\n")
    assert caught.value.field == field
    assert told in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["copay = 1", "[cov]\na = 1\na = 2\n", "[cov"])
def test_a_file_that_is_no_map_is_refused_with_a_remedy(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(tmp_path, text)
    assert caught.value.remedy
