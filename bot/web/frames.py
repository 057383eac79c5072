"""Every frame of the widget's socket: what may come in, and the builders of what goes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot import texts
from bot.errors import CarelineError, Invalid

Language = Literal["en", "es"]
ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(_Frame):
    """The first frame. Without a token nothing is stored until the first message."""

    type: Literal["conversation.open"]
    token: str | None = Field(None, max_length=100)
    last_seq: int = Field(0, ge=0, le=2**31 - 1)
    language: Language = "en"


class Send(_Frame):
    """A message, or with `choice` a pressed button."""

    type: Literal["message.send"]
    client_id: ClientId
    text: str = Field(min_length=1)
    choice: str | None = Field(None, max_length=120, pattern=r"^[a-z0-9-]+$")


class RequestPerson(_Frame):
    """The button that is always there."""

    type: Literal["person.request"]
    client_id: ClientId


class SetTyping(_Frame):
    """The patient is writing, or stopped."""

    type: Literal["typing.set"]
    typing: bool


class Seen(_Frame):
    """The chat had the lines up to `seq` in sight."""

    type: Literal["message.seen"]
    seq: int = Field(ge=1, le=2**31 - 1)


class SetLanguage(_Frame):
    """The patient chose a language."""

    type: Literal["language.set"]
    language: Language


class GiveRating(_Frame):
    """What the patient thinks of the person, or of the assistant, and perhaps why."""

    type: Literal["rating.give"]
    client_id: ClientId
    about: Literal["person", "assistant"]
    score: int = Field(ge=1, le=5)
    reason: str = Field("", max_length=1000)


class End(_Frame):
    """End the chat and void its token."""

    type: Literal["conversation.end"]


class Ping(_Frame):
    """Is anyone there?"""

    type: Literal["ping"]


Inbound = Annotated[
    Open | Send | RequestPerson | SetTyping | Seen | SetLanguage | GiveRating | End | Ping,
    Field(discriminator="type"),
]
_INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound)
_CLIENT_ID: TypeAdapter[str] = TypeAdapter(ClientId)


def parse(raw: str) -> Inbound:
    """One frame of a client. Raises `Invalid` naming the field; nothing of `raw` is quoted."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid("the frame is not JSON", field="frame") from None
    if isinstance(data, dict) and isinstance(data.get("text"), str):
        # Half of an emoji, cut by a script, must not hide the rest from the safety gate.
        data["text"] = data["text"].encode("utf-8", "ignore").decode("utf-8")
    if not isinstance(data, dict):
        raise Invalid("a frame is a JSON object", field="frame")
    try:
        return _INBOUND.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        known = first["type"] not in ("union_tag_invalid", "union_tag_not_found")
        where = [str(part) for part in first["loc"][1:]] if known else ["type"]
        field = ".".join(where) or "frame"
        raise BadFrame(f"{first['type']} in the frame", field, _client_id(data)) from None


class BadFrame(Invalid):
    """A frame that is none, with its client id when that can be read: the client must stop."""

    def __init__(self, message: str, field: str, client_id: str | None):
        super().__init__(message, field=field)
        self.client_id = client_id


def _client_id(data: dict[str, Any]) -> str | None:
    try:
        return _CLIENT_ID.validate_python(data.get("client_id"))
    except ValidationError:
        return None


def opened(
    *,
    conversation_id: str | None,
    token: str | None,
    state: dict[str, Any],
    messages: list[dict[str, Any]],
    last_seq: int,
) -> dict[str, Any]:
    """The answer to `conversation.open`."""
    return {
        "type": "conversation.opened",
        "conversation_id": conversation_id,
        "token": token,
        "state": state,
        "messages": messages,
        "last_seq": last_seq,
    }


def unopened(language: str, notices: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The answer to an open without a token: nothing is stored until something is said.

    `notices` are shown below the greeting, and are the first lines of the chat once it begins.
    """
    state = {"owner": "bot", "agent_name": None, "promise": None, "position": None}
    state["language"] = language
    frame = opened(conversation_id=None, token=None, state=state, messages=[], last_seq=0)
    return {**frame, "notices": list(notices)}


def started(conversation_id: str, token: str) -> dict[str, Any]:
    """The first message made a conversation."""
    return {"type": "conversation.started", "conversation_id": conversation_id, "token": token}


def acknowledged(
    client_id: str, seq: int, sent_at: str | None, truncated: bool, shown: str | None = None
) -> dict[str, Any]:
    """The message is stored. `shown` is what stays on the screen, where something was hidden."""
    return {
        "type": "message.acknowledged",
        "client_id": client_id,
        "seq": seq,
        "sent_at": sent_at,
        "truncated": truncated,
        "shown": shown,
    }


def posted(message: dict[str, Any]) -> dict[str, Any]:
    """A line for the patient to see."""
    return {"type": "message.posted", "message": message}


def state_changed(state: dict[str, Any]) -> dict[str, Any]:
    """Who has the conversation now, and what was promised."""
    return {"type": "state.changed", "state": state}


def seen(seq: int) -> dict[str, Any]:
    """The agent who has the case had the lines up to `seq` in sight."""
    return {"type": "message.seen", "seq": seq}


def typing(author: str, is_typing: bool) -> dict[str, Any]:
    """Someone is writing to the patient."""
    return {"type": "typing.shown", "author": author, "typing": is_typing}


def safety(client_id: str, blocks: list[Any], language: str) -> dict[str, Any]:
    """A safety text that could not be stored yet. The client shows it and sends again."""
    message = {"kind": "safety", "blocks": blocks, "language": language}
    return {"type": "safety.shown", "client_id": client_id, "message": message}


def ended(stays: bool) -> dict[str, Any]:
    """Clear everything that is kept on the device. `stays`: what was asked of people stays open."""
    return {"type": "conversation.ended", "stays": stays}


def rating_asked(asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Whom the patient may rate now, and what they said already; empty when nobody."""
    return {"type": "rating.asked", "asked": asked}


def rating_refused(about: str, message: str) -> dict[str, Any]:
    """This rating was not kept."""
    return {"type": "rating.refused", "about": about, "message": message}


def pong() -> dict[str, Any]:
    """Someone is there."""
    return {"type": "pong"}


RETRY = {"storage_unavailable", "rate_limited", "not_ready"}


def error(failed: CarelineError, language: str, client_id: str | None = None) -> dict[str, Any]:
    """What was refused, in the patient's language; `retry` says whether sending again helps."""
    words = texts.catalogue(language)
    message = words.get(f"errors.{failed.code}") or words["errors.error"]
    if failed.code == "invalid" and failed.field == "text":
        message = words["errors.empty"]
    return {
        "type": "error",
        "code": failed.code,
        "message": message,
        "field": failed.field,
        "remedy": failed.remedy,
        "client_id": client_id,
        "retry": failed.code in RETRY,
    }
