"""An ordinary Rasa project: the stock commands work on it with nothing set."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import tarfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from actions.support import in_process_actions
from bot.assistant.archive import MANIFEST
from bot.settings import ROOT, Settings
from tests.dialogue.stock import RASA, clean_environment, complaints, rasa
from tests.starter import starter_knowledge

pytestmark = pytest.mark.dialogue

NLU = [
    f"data/nlu/{language}/{subject}.yml"
    for language in ("en", "es")
    for subject in (
        *("appointments", "billing", "clinic", "contrasts", "coverage", "dialogue", "enrollment"),
        *("people", "records", "safety", "small_talk"),
    )
]
RULES = [f"data/rules/{subject}.yml" for subject in ("people", "questions", "small_talk")]
QUESTIONS = {"ask_coverage", "ask_billing", "ask_appointment", "ask_records", "ask_clinic"}


@pytest.fixture(scope="module")
def model() -> str:
    """The archive that `careline train` recorded."""
    folder = Settings(_env_file=None).model_dir
    return str(folder / json.loads((folder / MANIFEST).read_text("utf-8"))["archive"])


@pytest.fixture(scope="module")
def held_out() -> list[dict[str, str]]:
    """Messages that no training example repeats."""
    lines = (ROOT / "tests/evaluation/intents.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_rasa_reads_these_files_and_no_others() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from rasa.shared.importers.rasa import RasaFileImporter

        found = RasaFileImporter(str(ROOT / "config.yml"), "domain.yml", [str(ROOT / "data")])
        read = {"nlu": found._nlu_files, "rules": found._story_files}

    def names(paths: list[str]) -> list[str]:
        return sorted(Path(path).relative_to(ROOT).as_posix() for path in paths)

    assert names(read["nlu"]) == sorted([*NLU, "data/nlu/synonyms.yml"])
    assert names(read["rules"]) == sorted(RULES)
    assert found._conversation_test_files == []


def test_no_example_is_given_twice_or_held_out(held_out: list[dict[str, str]]) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for path in NLU:
        for part in yaml.safe_load((ROOT / path).read_text("utf-8"))["nlu"]:
            for example in part["examples"].splitlines():
                seen[example.removeprefix("- ").strip().lower()].add(part["intent"])

    assert {text: intents for text, intents in seen.items() if len(intents) > 1} == {}
    assert seen.keys() & {row["text"].lower() for row in held_out} == set()


def test_data_validation_finds_nothing_to_warn_of(tmp_path: Path) -> None:
    output = rasa(tmp_path, "data", "validate", "--fail-on-warnings")

    assert "No story structure conflicts found" in output
    assert complaints(output) == []


def test_a_complaint_of_rasa_would_be_seen(tmp_path: Path) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text((ROOT / "domain.yml").read_text("utf-8").replace("  - deny\n", ""))

    done = subprocess.run(
        [RASA, "data", "validate", "--domain", domain],
        cwd=ROOT,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert complaints(done.stdout + done.stderr) != []


def test_stock_training_makes_a_small_model_without_tensorflow(tmp_path: Path) -> None:
    output = rasa(tmp_path, "train", "--out", str(tmp_path), "--fixed-model-name", "stock")

    archive = tmp_path / "stock.tar.gz"
    assert complaints(output) == []
    assert archive.stat().st_size < 5_000_000
    with tarfile.open(archive) as files:
        names = " ".join(files.getnames())
    assert "LogisticRegressionClassifier" in names
    assert "DIET" not in names
    assert "TED" not in names


def test_whole_conversations_go_as_the_stories_say(tmp_path: Path, model: str) -> None:
    stories = "tests/dialogue/test_stories.yml"

    rasa(
        tmp_path,
        *("test", "core", "--model", model, "--stories", stories, "--out", str(tmp_path)),
        "--fail-on-prediction-errors",
    )

    report = json.loads((tmp_path / "story_report.json").read_text())
    assert report["conversation_accuracy"]["accuracy"] == 1.0


def test_held_out_messages_are_understood(
    tmp_path: Path, model: str, held_out: list[dict[str, str]]
) -> None:
    examples: dict[str, str] = defaultdict(str)
    for row in held_out:
        examples[row["intent"]] += f"- {row['text']}\n"
    nlu = [{"intent": intent, "examples": text} for intent, text in examples.items()]
    (tmp_path / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}))

    rasa(
        tmp_path,
        *("test", "nlu", "--model", model, "--nlu", str(tmp_path / "nlu.yml")),
        *("--out", str(tmp_path), "--no-plot", "--successes", "--no-warnings"),
    )

    errors = json.loads((tmp_path / "intent_errors.json").read_text())
    wrong_kind = [row for row in errors if not _same_kind(row)]
    assert 1 - len(errors) / len(held_out) >= 0.82
    assert 1 - len(wrong_kind) / len(held_out) >= 0.88


def _same_kind(row: dict[str, Any]) -> bool:
    """All questions go the same way, and so does what the classifier is unsure of."""
    as_question = QUESTIONS | {"nlu_fallback"}
    return row["intent"] in QUESTIONS and row["intent_prediction"]["name"] in as_question


@pytest.fixture(scope="module")
def action_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running `rasa run actions`."""
    port = _free_port()
    home = tmp_path_factory.mktemp("home")
    log = (home / "log").open("w")
    command = [RASA, "run", "actions", "--port", str(port)]
    with (
        log,
        subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(home), stdout=log, stderr=log
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(f"{url}/health", process)
            yield f"{url}/webhook"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def call(action: str, text: str) -> dict[str, Any]:
    """The call that Rasa makes for an action."""
    message = {"text": text, "intent": {"name": "…"}, "entities": [], "metadata": {}}
    tracker = {
        "sender_id": "patient",
        "slots": {},
        "latest_message": message,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    return {"next_action": action, "sender_id": "patient", "tracker": tracker, "domain": {}}


def post(url: str, body: dict[str, Any]) -> Any:
    """Send JSON, get JSON."""
    with urlopen(Request(url, json.dumps(body).encode()), timeout=20) as response:
        return json.loads(response.read())


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("action_request_person", "quiero hablar con una persona"),
        ("action_record_complaint", "the front desk was rude"),
        ("action_start_booking", "I need an appointment with Dr. Kim on Monday"),
        ("action_report_emergency", "I can't breathe"),
    ],
)
async def test_an_action_server_and_the_process_itself_give_the_same_handoff(
    action_server: str, action: str, text: str
) -> None:
    executor = ActionExecutor()
    for one in in_process_actions(starter_knowledge()):
        executor.register_action(one)

    served = await asyncio.to_thread(post, action_server, call(action, text))
    own = await executor.run(call(action, text))

    assert served == json.loads(json.dumps(own))
    assert served["responses"][-1]["custom"]["effects"][-1]["type"] == "handoff.request"


@pytest.fixture
def endpoints(tmp_path: Path, action_server: str) -> str:
    """The project's endpoints, with the action server where it runs here."""
    path = tmp_path / "endpoints.yml"
    path.write_text(yaml.safe_dump({"action_endpoint": {"url": action_server}}))
    return str(path)


def test_rasa_shell_answers_with_the_words_of_an_article(
    tmp_path: Path, model: str, endpoints: str
) -> None:
    done = subprocess.run(
        [RASA, "shell", "--model", model, "--endpoints", endpoints, "--port", str(_free_port())],
        cwd=ROOT,
        env=clean_environment(tmp_path),
        input="What is a deductible?\n/stop\n",
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert "a deductible is" in done.stdout.lower(), done.stdout[-2000:] + done.stderr[-2000:]


def test_rasa_run_answers_with_the_words_of_an_article(
    tmp_path: Path, model: str, endpoints: str
) -> None:
    port = _free_port()
    command = [RASA, "run", "--model", model, "--endpoints", endpoints, "--port", str(port)]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(tmp_path), stdout=log, stderr=log
        ) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/", process)
            asked = {"sender": "patient", "message": "What is a deductible?"}
            said = post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", asked)
        finally:
            process.terminate()

    assert "a deductible is" in said[0]["text"].lower()
