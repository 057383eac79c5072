"""The real application on a real database, reached over real HTTP and WebSocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web_app
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher

from bot.app import create_app
from bot.assistant.host import Responder
from bot.clock import Clock, utc_now
from bot.settings import Settings
from bot.staff import passwords
from tests.assistants import Echo
from tests.starter import remember_texts, share_what_is_built
from tests.web.patients import Patient

Clients = Callable[..., Awaitable[TestClient[Any, Any]]]
Patients = Callable[..., Awaitable[Patient]]


@pytest.fixture(scope="session")
def texts() -> None:
    """The starter articles' texts, encoded before the first application reads them."""
    remember_texts()
    share_what_is_built()


@pytest.fixture(scope="session", autouse=True)
def quick_sign_in() -> Iterator[None]:
    """Passwords hashed the same way at the least cost: hundreds of people sign in here."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", hasher)
        patch.setattr(passwords, "_NOBODY", hasher.hash("an account that does not exist"))
        yield


@pytest.fixture(autouse=True)
def applications_forgotten() -> Iterator[None]:
    """aiohttp remembers the last thousand applications, each with all that it serves."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture
def serve(aiohttp_client: Any, settings: Settings, texts: None) -> Clients:
    """Serve the application with an assistant; settings may be changed by name."""

    async def start(
        assistant: Responder | None = None, *, clock: Clock = utc_now, **changes: Any
    ) -> TestClient[Any, Any]:
        app = create_app(
            settings.model_copy(update=changes),
            load_assistant=lambda _: assistant or Echo(),
            clock=clock,
        )
        client: TestClient[Any, Any] = await aiohttp_client(app)
        return client

    return start


@pytest.fixture
async def client(serve: Clients) -> TestClient[Any, Any]:
    """The application with an assistant that repeats what it is asked."""
    return await serve()


@pytest.fixture
def patient(client: TestClient[Any, Any]) -> Patients:
    """A new patient with an open socket."""

    async def arrive(**values: Any) -> Patient:
        return await Patient(client).connect(**values)

    return arrive
