"""The redactor with its entity model, trained here on a few sentences; its command; its measure."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.errors import Invalid
from bot.evaluation.redaction import counts, judge, measure, read
from bot.privacy import entities, names
from bot.privacy.entities import Entities, NotTrained, entities_are_due, train_entities
from bot.privacy.examples import Maker, Sizes
from bot.privacy.redaction import Redactor
from bot.privacy.spans import Kind, Span
from bot.settings import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # spaCy's own libraries deprecate one another
    import spacy  # noqa: F401 - read here, so that no test meets the warnings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

DATA = ROOT / "data"
FEW = Sizes(naming=700, carried=100, plain=350, questions=150)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        train_entities(place, DATA, FEW, rounds=4)
    return place


@pytest.fixture(scope="module")
def redactor(model_dir: Path) -> Redactor:
    return Redactor(model_dir).load()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is Deepika Raghunathan", "Deepika Raghunathan"),
        ("me llamo Eusebia Montalvo y quiero una cita", "Eusebia Montalvo"),
        ("my husband Kwabena Osei has an appointment", "Kwabena Osei"),
    ],
)
def test_a_name_is_replaced_wherever_it_comes_from(
    redactor: Redactor, text: str, name: str
) -> None:
    assert redactor.redact(text, "en").text == text.replace(name, "[name]")


@pytest.mark.parametrize(
    "text",
    [
        "is Dr. Raghunathan in network?",
        "does Aetna cover Ozempic",
        "how do i pay my bill in may",
        "is there a clinic in Virginia",
        "are you open on Columbus Day",
    ],
)
def test_a_name_that_is_no_patients_stays(redactor: Redactor, text: str) -> None:
    assert redactor.redact(text, "en").text == text


def test_an_address_without_a_known_form_is_found_where_somebody_says_where_they_live(
    redactor: Redactor,
) -> None:
    assert "[address]" in redactor.redact("i live at 4410 Kedzie Ave, Aurora IL", "en").text
    assert redactor.redact("i waited 45 minutes in aurora", "en").spans == ()


def test_without_a_model_patterns_still_work_and_loading_it_says_what_to_do(
    tmp_path: Path,
) -> None:
    plain = Redactor(tmp_path)
    assert plain.redact("ssn 219-09-9999", "en").text == "ssn [ssn]"
    with pytest.raises(NotTrained) as refused:
        plain.load()
    assert refused.value.remedy == "Run: careline train"


def test_the_same_inputs_make_the_same_sentences() -> None:
    sizes = Sizes(20, 20, 20, 20)
    assert Maker(DATA, 7).examples(sizes) == Maker(DATA, 7).examples(sizes)
    assert Maker(DATA, 7).examples(sizes) != Maker(DATA, 8).examples(sizes)


def test_every_marked_name_is_where_its_sentence_says() -> None:
    for made in Maker(DATA, 3).examples(Sizes(50, 20, 20, 20)):
        for start, end, _ in made.entities:
            assert made.text[start:end] == made.text[start:end].strip() != ""


def test_a_model_is_due_when_it_is_missing_or_its_inputs_changed(
    model_dir: Path, tmp_path: Path
) -> None:
    assert not entities_are_due(model_dir, DATA)
    assert entities_are_due(tmp_path, DATA)
    mark = model_dir / entities.FOLDER / entities.MARK
    kept = mark.read_text("utf-8")
    mark.write_text(json.dumps({**json.loads(kept), "fingerprint": "old"}), "utf-8")
    assert entities_are_due(model_dir, DATA)
    mark.write_text(kept, "utf-8")


def test_a_model_of_another_format_is_not_loaded(model_dir: Path) -> None:
    mark = model_dir / entities.FOLDER / entities.MARK
    kept = mark.read_text("utf-8")
    mark.write_text(json.dumps({**json.loads(kept), "format": 0}), "utf-8")
    with pytest.raises(NotTrained):
        Entities.load(model_dir)
    mark.write_text(kept, "utf-8")


def test_a_found_name_takes_the_capitals_beside_it_but_not_the_month() -> None:
    text = "please call Ngozi Okwuosa back, she was there"
    assert names.whole(text, Span(12, 17, Kind.NAME)) == Span(12, 25, Kind.NAME)
    text = "please call Ngozi March 3 in the morning"
    assert names.whole(text, Span(12, 17, Kind.NAME)) == Span(12, 17, Kind.NAME)


@pytest.fixture
def shell(model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CARELINE_MODEL_DIR", str(model_dir))
    return CliRunner()


def test_the_command_redacts_what_is_piped_in_line_by_line(shell: CliRunner) -> None:
    done = shell.invoke(main, ["redact", "-"], input="ssn 219-09-9999\nhello\n")
    assert (done.exit_code, done.stdout) == (0, "ssn [ssn]\nhello\n")


def test_the_command_tells_spans_as_json(shell: CliRunner) -> None:
    done = shell.invoke(main, ["redact", "--json"], input="ssn 219-09-9999\n")
    assert json.loads(done.stdout) == {
        "text": "ssn [ssn]",
        "spans": [{"start": 4, "end": 15, "type": "SSN"}],
    }


def test_a_batch_gives_the_spans_of_each_id(shell: CliRunner, tmp_path: Path) -> None:
    batch, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    batch.write_text('{"id": "1", "text": "mrn 77120"}\n{"id": "2", "text": "hello"}\n', "utf-8")
    done = shell.invoke(main, ["redact", "--batch", str(batch), "--out", str(out)])
    assert done.exit_code == 0
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        {"id": "1", "spans": [{"start": 4, "end": 9, "type": "MRN"}]},
        {"id": "2", "spans": []},
    ]


def test_a_batch_line_that_is_no_object_is_refused_without_its_words(
    shell: CliRunner, tmp_path: Path
) -> None:
    batch = tmp_path / "in.jsonl"
    batch.write_text("my ssn is 219-09-9999\n", "utf-8")
    done = shell.invoke(main, ["redact", "--batch", str(batch)])
    assert done.exit_code == 2
    assert "line 1" in done.output
    assert "219-09-9999" not in done.output


def test_the_command_without_a_model_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARELINE_MODEL_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["redact"], input="hello\n")
    assert done.exit_code == 1
    assert "careline train" in done.output


def test_the_measure_counts_what_was_left_and_what_was_changed_for_nothing(
    redactor: Redactor, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "text": "mrn 77120", "spans": [{"kind": "mrn", "text": "77120"}]},
        {"id": "2", "text": "gate 7 and nr 9", "spans": [{"kind": "account", "text": "9"}]},
        {"id": "3", "text": "hello", "spans": []},
        {"id": "4", "text": "ssn 219-09-9999", "spans": []},
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps({**row, "language": "en"}) + "\n" for row in rows), "utf-8")
    counted = counts([judge(line, redactor) for line in read(path)])
    assert counted["kinds"] == {
        "mrn": {"found": 1, "total": 1},
        "account": {"found": 0, "total": 1},
    }
    assert (counted["strong_found"], counted["strong_total"]) == (1, 2)
    assert (counted["clean_changed"], counted["clean_total"]) == (1, 2)
    halves = [measure(path, half, redactor)["lines"] for half in ("dev", "test")]
    assert sum(halves) == 4


def test_a_labelled_span_that_its_text_lacks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    row = {"id": "1", "text": "mrn 77120", "spans": [{"kind": "mrn", "text": "88"}]}
    path.write_text(json.dumps(row), "utf-8")
    with pytest.raises(Invalid):
        read(path)
