"""Who may import whom: ARCHITECTURE.md's table, held by a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE = {"errors", "clock", "settings", "events", "effects", "tasks", "texts", "db"}
MAY: dict[str, set[str]] = {
    "errors": set(),
    "clock": set(),
    "events": {"errors"},
    "effects": {"errors"},
    "texts": {"errors"},
    "settings": {"errors"},
    "logs": set(),
    "tasks": {"errors"},
    "intervals": set(),
    "replacing": set(),
    "sqlite": set(),
    "connections": {"sqlite"},
    "outages": set(),
    "db": {"errors", "events", "connections", "outages"},
    "opening": {"events", "connections", "db"},
    "safety": {"errors", "texts", "language"},
    "language": {"errors", "settings"},
    "privacy": BASE,
    "staff": BASE | {"privacy"},
    "conversations": BASE | {"privacy"},
    "knowledge": BASE | {"privacy", "language", "opening", "replacing"},
    "handoff": BASE | {"privacy", "conversations"},
    "gaps": BASE
    | {"privacy", "conversations", "handoff", "intervals", "knowledge", "language", "replacing"},
    "insights": {"conversations", "db", "errors", "handoff", "intervals", "knowledge"}
    | {"outreach", "staff"},
    "outreach": BASE | {"privacy", "staff", "conversations", "handoff", "knowledge"},
    "corrections": BASE | {"privacy", "staff", "conversations", "handoff", "knowledge", "outreach"},
    "assistant": BASE | {"language", "logs", "safety"},
    "notify": BASE,
    "notice_board": BASE | {"conversations", "knowledge"},
    "desk": BASE | {"privacy", "conversations", "handoff", "knowledge", "notice_board"},
    "shift": BASE | {"privacy", "conversations", "handoff", "desk", "knowledge"},
    "upkeep": BASE | {"privacy", "knowledge", "outreach", "staff"},
    "turns": BASE
    | {"privacy", "conversations", "handoff", "assistant", "desk", "language", "safety"}
    | {"notice_board", "turn_lines"},
    "turn_lines": BASE | {"assistant", "conversations", "handoff", "safety"},
    "gateway": BASE
    | {"privacy", "conversations", "handoff", "desk", "outreach", "turns", "safety", "language"}
    | {"notice_board", "turn_lines"},
    "jobs": BASE | {"conversations", "handoff", "staff"},
    "migrations": BASE
    | {"conversations", "corrections", "gaps", "handoff", "knowledge", "outreach", "privacy"}
    | {"staff"},
    "training": {
        "assistant",
        "errors",
        "gaps",
        "knowledge",
        "language",
        "privacy",
        "replacing",
        "settings",
    },
    "keys": BASE
    | {"assistant", "corrections", "desk", "gaps", "gateway", "knowledge", "outreach", "privacy"}
    | {"shift", "web"},
    "web": BASE
    | {"assistant", "conversations", "desk", "gaps", "gateway", "handoff", "keys", "knowledge"}
    | {"corrections"}
    | {"insights", "intervals", "language", "outreach", "privacy", "safety", "shift", "staff"},
}
COMPOSERS = {
    *(
        "app",
        "cli",
        "cli_eval",
        "cli_gaps",
        "cli_kb",
        "cli_outreach",
        "cli_parts",
        "cli_privacy",
        "cli_skills",
        "cli_staff_email",
        "cli_simulate",
        "core",
        "serve",
        "evaluation",
        "__main__",
    ),
}
THIRD_PARTY = {
    "rasa": {"bot/assistant", "bot/evaluation/plain_rasa"},
    "rasa_sdk": {"actions", "bot/assistant"},
    "sqlalchemy": {
        *("bot/db.py", "bot/desk.py", "bot/gateway.py", "bot/notify.py", "bot/notice_board.py"),
        "bot/opening.py",
        *("bot/privacy", "bot/staff", "bot/conversations", "bot/handoff", "bot/knowledge"),
        *("bot/gaps", "bot/insights", "bot/outreach", "bot/corrections"),
        *("bot/migrations", "bot/evaluation"),
    },
    "onnx": {"bot/language/e5"},
    "docx": {"bot/knowledge/exchange"},
    "bs4": {"bot/knowledge/exchange"},
    "aiohttp": {
        *("bot/web", "bot/app.py", "bot/keys.py", "bot/serve.py", "bot/evaluation"),
    },
}


def modules() -> list[Path]:
    return sorted((*ROOT.glob("bot/**/*.py"), *ROOT.glob("actions/**/*.py")))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names)
            else:
                yield node.module


def package(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    if path.parts[len(ROOT.parts)] == "actions":
        own, may = "actions", {"effects", "errors", "knowledge", "language", "safety", "texts"}
        may |= {"settings", "assistant"}
    else:
        own = path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")
        if own in COMPOSERS or own == "__init__":
            return
        may = MAY[own] | {own}
    foreign = {package(name) for name in imported(path) if name.startswith("bot.")}
    assert foreign <= may, f"{relative(path)} imports {sorted(foreign - may)}"


@pytest.mark.parametrize("path", modules(), ids=relative)
def test_a_library_is_used_only_in_the_rooms_it_belongs_to(path: Path) -> None:
    for name in imported(path):
        rooms = THIRD_PARTY.get(name.split(".")[0])
        if rooms is not None:
            where = relative(path)
            assert any(where == room or where.startswith(f"{room}/") for room in rooms), name


def test_nothing_imports_the_composition_root_but_the_command_line() -> None:
    users = {relative(path) for path in modules() if {"bot.app", "bot.serve"} & set(imported(path))}
    assert users <= {"bot/serve.py", "bot/cli.py", "bot/evaluation/bench.py"}
