"""Two texts word by word: nothing is lost, and what did not change is not shown as changed."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.comparing import compare, lines, words
from bot.knowledge.content import Source, Words

TEXT = st.text(alphabet="ab é\n.", max_size=40)
EOB = Words("EOB", "It is a letter.", None, ("what is it",), (), (), date(2026, 1, 1), None)


def kinds(older: str, newer: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text.strip()) for part in words(older, newer)]


def test_a_word_that_changed_is_shown_as_gone_and_come() -> None:
    assert kinds("Pay the bill in May here", "Pay the bill in June here") == [
        ("same", "Pay the bill in"),
        ("removed", "May"),
        ("added", "June"),
        ("same", "here"),
    ]


def test_a_single_word_between_two_changes_does_not_break_them_up() -> None:
    assert kinds("we send red or blue forms today", "we send big or tiny forms today") == [
        ("same", "we send"),
        ("removed", "red or blue"),
        ("added", "big or tiny"),
        ("same", "forms today"),
    ]


def test_equal_texts_have_no_change_and_a_new_text_is_all_new() -> None:
    assert kinds("One two.", "One two.") == [("same", "One two.")]
    assert kinds("", "One two.") == [("added", "One two.")]
    assert words("", "") == ()


@given(TEXT, TEXT)
def test_both_texts_can_be_put_together_from_the_parts(older: str, newer: str) -> None:
    parts = words(older, newer)
    new = "".join(one.text for one in parts if one.kind != "removed")
    old = "".join(one.text for one in parts if one.kind != "added")
    assert new == newer
    assert old.split() == older.split()


def test_lines_are_compared_whatever_their_order() -> None:
    parts = [(one.kind, one.text) for one in lines(("a", "b"), ("c", "a"))]
    assert parts == [("removed", "b"), ("same", "a"), ("added", "c")] or parts == [
        ("removed", "b"),
        ("added", "c"),
        ("same", "a"),
    ]


def test_only_fields_that_differ_are_named() -> None:
    newer = Words(
        "EOB",
        "It is a letter, not a bill.",
        None,
        ("what is it", "is it a bill"),
        (),
        (Source("CMS", "https://cms.gov"),),
        date(2026, 1, 1),
        date(2027, 1, 1),
    )
    assert [one.field for one in compare(EOB, newer)] == [
        "lead",
        "variants",
        "sources",
        "expires_on",
    ]
    assert compare(EOB, EOB) == []
