"""The spaCy pipeline: committed under the hash of its content, and good at its few entities."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # spaCy's own libraries deprecate one another
    from spacy.language import Language

    from bot.assistant.spacy_pipeline import HOME, build, digest, write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@cache
def pipeline() -> Language:
    return build()


def entities(text: str) -> list[tuple[str, str]]:
    return [(entity.text, entity.label_) for entity in pipeline()(text).ents]


def test_the_committed_directory_is_what_the_code_builds(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    named = next(one["model"] for one in config["pipeline"] if one["name"] == "SpacyNLP")

    built = write(tmp_path)

    assert [path.name for path in (ROOT / HOME).iterdir()] == [built.name]
    assert named == f"{HOME.as_posix()}/{built.name}"
    assert digest(ROOT / named) == built.name.removeprefix("careline-")


def test_another_content_gets_another_name(tmp_path: Path) -> None:
    built = write(tmp_path)
    before = digest(built)

    (built / "entity_ruler" / "patterns.jsonl").write_text("")

    assert digest(built) != before


def test_writing_again_leaves_one_directory(tmp_path: Path) -> None:
    (tmp_path / "careline-000000000000").mkdir()

    built = write(tmp_path)

    assert list(tmp_path.iterdir()) == [built]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("do you take Aetna PPO?", [("Aetna", "payer"), ("PPO", "plan_type")]),
        ("¿aceptan medicaid?", [("medicaid", "payer")]),
        ("I paid $150.50 on 3/14", [("$150.50", "money"), ("3/14", "date")]),
        ("debo 240 dólares", [("240 dólares", "money")]),
        (
            "next Tuesday at 10:30 am for a sports physical",
            [
                ("next Tuesday", "date"),
                ("at 10:30 am", "time"),
                ("sports physical", "visit_type"),
            ],
        ),
        (
            "el martes en la mañana para mi chequeo anual",
            [
                ("el martes", "date"),
                ("en la mañana", "time"),
                ("chequeo anual", "visit_type"),
            ],
        ),
        ("mañana por la mañana", [("mañana", "date"), ("por la mañana", "time")]),
        ("el 14 de marzo", [("14 de marzo", "date")]),
        ("may I come in?", []),
        ("¿le va bien?", []),
    ],
)
def test_entities_are_found_in_both_languages(text: str, found: list[tuple[str, str]]) -> None:
    assert entities(text) == found
