"""Training utterances: found like variants, read from lines that must be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Invalid
from bot.knowledge import utterances
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED
from bot.knowledge.utterances import Utterance
from tests.starter import DATA, starter_content


def folder(tmp_path: Path, *lines: str) -> Path:
    target = tmp_path / utterances.FOLDER
    target.mkdir(parents=True)
    (target / "some.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_utterances_are_kept_by_article_once_each(tmp_path: Path) -> None:
    line = '{"slug": "eob", "language": "en", "text": "that paper that is not a bill"}'
    found = utterances.load(folder(tmp_path, line, line))
    assert found == {"eob": (Utterance("en", "that paper that is not a bill"),)}


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert utterances.load(tmp_path) == {}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"slug": "eob", "language": "fr", "text": "x"}',
        '{"slug": "eob", "language": "en", "text": " "}',
        '{"slug": 1, "language": "en", "text": "x"}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(Invalid) as caught:
        utterances.load(folder(tmp_path, line))
    assert caught.value.field == "some.jsonl:1"


def test_an_utterance_is_an_entry_of_its_article_and_one_of_no_article_is_none() -> None:
    said = {"eob": (Utterance("en", "zebra paper"),), "gone": (Utterance("en", "zebra bill"),)}
    index = build(starter_content(), SHARED, said)
    uttered = [entry for entry in index.entries if entry.uttered]
    assert [(index.articles[one.article].slug, one.text) for one in uttered] == [
        ("eob", "zebra paper")
    ]


def test_every_starter_utterance_belongs_to_an_article() -> None:
    slugs = {article.slug for article in starter_content().articles}
    assert set(utterances.load(DATA)) <= slugs
