"""A signed-in member of staff, as a browser sends their requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from aiohttp import ClientResponse, ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient

from bot import keys
from bot.staff import service
from bot.staff.models import Role
from tests.web.patients import PATIENCE, Frame, origin_of

PASSWORD = "correct horse battery"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def app_of(client: TestClient[Any, Any]) -> web.Application:
    """The application behind a test client."""
    app: web.Application | None = client.app
    assert app is not None
    return app


async def hire(client: TestClient[Any, Any], name: str, *roles: Role, display: str = "") -> str:
    """An account; returns its id."""
    async with app_of(client)[keys.DATABASE].work() as work:
        account_id = await service.create_account(
            work,
            "test",
            name=name,
            display_name=display or name.title(),
            roles=roles or (Role.AGENT,),
            password=PASSWORD,
        )
        await work.commit()
    return account_id


class Colleague:
    """Sends requests with a session cookie of its own."""

    def __init__(self, client: TestClient[Any, Any], name: str, cookie: str):
        self._client = client
        self.name = name
        self.headers = {"Cookie": cookie, **SAME_ORIGIN}

    async def get(
        self, path: str, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Any:
        """The JSON of a page of the API."""
        return await self._json("GET", path, status, headers={**self.headers, **headers})

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """The JSON answer to a JSON body."""
        return await self._json("POST", path, status, headers=self.headers, json=body)

    async def put(self, path: str, status: int = 200, **body: Any) -> Any:
        """The same with PUT."""
        return await self._json("PUT", path, status, headers=self.headers, json=body)

    async def delete(self, path: str, status: int = 200) -> Any:
        """The JSON answer to a DELETE."""
        return await self._json("DELETE", path, status, headers=self.headers)

    async def page(self, path: str) -> ClientResponse:
        """A page, redirects not followed."""
        return await self._client.get(path, headers=self.headers, allow_redirects=False)

    async def listen(self) -> Listener:
        """The console's socket."""
        headers = {"Cookie": self.headers["Cookie"], "Origin": origin_of(self._client)}
        return Listener(await self._client.ws_connect("/console/ws", headers=headers))

    async def _json(self, method: str, path: str, status: int, **values: Any) -> Any:
        response = await self._client.request(method, path, **values)
        data = await response.json()
        assert response.status == status, data
        return data


class Listener:
    """Keeps the frames of a console's socket."""

    def __init__(self, socket: ClientWebSocketResponse):
        self.socket = socket
        self.frames: list[Frame] = []

    async def send(self, kind: str, **values: Any) -> None:
        await self.socket.send_json({"type": kind, **values})

    async def frame(self, kind: str, timeout: float = PATIENCE) -> Frame:
        """The next frame of this type."""
        async with asyncio.timeout(timeout):
            while True:
                frame: Frame = await self.socket.receive_json()
                self.frames.append(frame)
                if frame["type"] == kind:
                    return frame


async def sign_in(client: TestClient[Any, Any], name: str) -> Colleague:
    """Sign an existing account in."""
    response = await client.post(
        "/api/sign-in", json={"name": name, "password": PASSWORD}, headers=SAME_ORIGIN
    )
    assert response.status == 200, await response.text()
    cookie = response.headers["Set-Cookie"].split(";")[0]
    # Every colleague sends a cookie of their own; the client's jar would send the last one.
    client.session.cookie_jar.clear()
    return Colleague(client, name, cookie)


async def join(
    client: TestClient[Any, Any], name: str, *roles: Role, display: str = ""
) -> Colleague:
    """A new colleague, signed in."""
    await hire(client, name, *roles, display=display)
    return await sign_in(client, name)


async def assert_error(
    response: ClientResponse, status: int, code: str, field: str | None = None
) -> dict[str, Any]:
    """Every refusal has the one shape."""
    data = await response.json()
    error: dict[str, Any] = data["error"]
    assert (response.status, error["code"], error["field"]) == (status, code, field), error
    assert set(data) == {"error"}
    return error


def ids(items: Sequence[dict[str, Any]]) -> list[Any]:
    """The ids of a list."""
    return [item["id"] for item in items]
