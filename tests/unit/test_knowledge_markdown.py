"""The Markdown subset as blocks: what is meant becomes structure, all else stays text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.markdown import blocks, outside_subset, plain


def text_of(markdown: str) -> str:
    return json.dumps(blocks(markdown))


def test_paragraphs_marks_and_breaks_become_blocks() -> None:
    assert blocks("Pay **by *mail***,  \nplease.\nThanks.") == [
        {
            "type": "paragraph",
            "children": [
                {"type": "text", "text": "Pay "},
                {
                    "type": "strong",
                    "children": [
                        {"type": "text", "text": "by "},
                        {"type": "emphasis", "children": [{"type": "text", "text": "mail"}]},
                    ],
                },
                {"type": "text", "text": ","},
                {"type": "break"},
                {"type": "text", "text": "please. Thanks."},
            ],
        }
    ]


def test_lists_nest_and_know_whether_they_are_numbered() -> None:
    (found,) = blocks("1. one\n2. two\n   - inside")

    assert found["type"] == "list"
    assert found["ordered"] is True
    assert [block["type"] for block in found["items"][1]] == ["paragraph", "list"]


@pytest.mark.parametrize("target", ["https://a.example/x", "tel:2175550142", "mailto:a@b.example"])
def test_a_safe_link_is_a_link(target: str) -> None:
    (paragraph,) = blocks(f"See [this]({target}).")

    assert paragraph["children"][1] == {
        "type": "link",
        "href": target,
        "children": [{"type": "text", "text": "this"}],
    }


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "http://a.example", "data:text/html,x", "//a.example", "/x"]
)
def test_any_other_link_stays_text(target: str) -> None:
    assert '"link"' not in text_of(f"See [this]({target}).")
    assert outside_subset(f"See [this]({target}).") == [("link", "this")]


def test_addresses_and_phone_numbers_become_links_by_themselves() -> None:
    found = text_of("Call 217-555-0142, write to pay@clinic.example or see https://a.example/pay.")

    assert '"href": "tel:217-555-0142"' in found
    assert '"href": "mailto:pay@clinic.example"' in found
    assert '"href": "https://a.example/pay"' in found


def test_a_number_that_is_no_phone_stays_a_number() -> None:
    assert '"link"' not in text_of("Claim 1234-217-555-0142-9 and $1,000-2,000.")


@pytest.mark.parametrize(
    ("markdown", "kind"),
    [
        ("# Big", "heading"),
        ("![x](https://a.example/x.png)", "image"),
        ("<script>alert(1)</script>", "html"),
        ("| a | b |", "table"),
        ("> quoted", "quotation"),
        ("`code`", "code"),
    ],
)
def test_what_is_outside_the_subset_is_named_and_stays_text(markdown: str, kind: str) -> None:
    assert (kind, "") in outside_subset(markdown)
    assert {block["type"] for block in blocks(markdown)} == {"paragraph"}


def test_plain_words_keep_lines_and_drop_marks() -> None:
    assert plain("**Bring:**\n\n- your *card*\n- a [list](https://a.example)") == (
        "Bring:\nyour card\na list"
    )


@given(st.text(max_size=200))
def test_no_text_makes_a_link_that_is_not_safe(text: str) -> None:
    found = json.loads(text_of(text))

    def links(node: object) -> list[str]:
        if isinstance(node, list):
            return [href for one in node for href in links(one)]
        if isinstance(node, dict):
            own = [node["href"]] if "href" in node else []
            return own + links(list(node.values()))
        return []

    assert all(href.startswith(("https://", "tel:", "mailto:")) for href in links(found))
