"""What a client may send, and how it is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CarelineError, Invalid, StorageUnavailable
from bot.web import frames


def test_a_message_is_read_with_its_client_id() -> None:
    frame = frames.parse('{"type": "message.send", "client_id": "abcd-1234", "text": "hi"}')
    assert isinstance(frame, frames.Send)
    assert (frame.client_id, frame.text, frame.choice) == ("abcd-1234", "hi", None)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("{", "frame"),
        ('"hello"', "frame"),
        ("[]", "frame"),
        ("{}", "type"),
        ('{"type": "message.delete"}', "type"),
        ('{"type": "message.send", "client_id": "abcd-1234"}', "text"),
        ('{"type": "message.send", "client_id": "abcd-1234", "text": 5}', "text"),
        ('{"type": "message.send", "client_id": "x", "text": "hi"}', "client_id"),
        ('{"type": "message.send", "client_id": "a\' OR 1=1", "text": "hi"}', "client_id"),
        ('{"type": "conversation.open", "last_seq": -1}', "last_seq"),
        ('{"type": "conversation.open", "language": "fr"}', "language"),
        ('{"type": "ping", "extra": 1}', "extra"),
    ],
)
def test_a_bad_frame_is_refused_by_the_name_of_its_field(raw: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        frames.parse(raw)
    assert refused.value.field == field


@given(st.text(min_size=4, alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_a_refusal_never_quotes_what_was_sent(words: str) -> None:
    with pytest.raises(Invalid) as refused:
        frames.parse(json.dumps({"type": "message.send", "client_id": words, "text": words}))
    assert words not in json.dumps(refused.value.as_dict(), ensure_ascii=False)


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_error_is_said_in_the_patients_language_and_says_whether_to_send_again(
    language: str,
) -> None:
    down = frames.error(StorageUnavailable("down"), language, "abcd-1234")
    assert down["retry"] is True
    assert down["client_id"] == "abcd-1234"
    odd = frames.error(CarelineError("odd"), language)
    assert odd["retry"] is False
    assert odd["message"] != down["message"]
