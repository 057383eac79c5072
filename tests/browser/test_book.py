"""The book of answers in a real browser: on three widths, in the dark, and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.knowledge.exchange.book import book
from tests.browser.browsers import PATIENCE_MS, Conduct, context_options
from tests.browser.test_accessibility import Inspector
from tests.starter import NOW, starter_content

pytestmark = pytest.mark.browser

WIDTHS = [320, 768, 1280]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The book of the starter content, as a file."""
    content = starter_content()
    path: Path = tmp_path_factory.mktemp("book") / "book.html"
    path.write_text(book(content, NOW), "utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The open book. The test fails when it asked anybody for anything, or broke its policy."""
    context = browser.new_context(**context_options())
    context.set_default_timeout(PATIENCE_MS)
    conduct = Conduct(context, "file://")
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()
    assert conduct.problems == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_stands_out_of_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_contents_lead_to_the_answer(page: Page) -> None:
    page.get_by_role("link", name="What a copay is", exact=True).click()
    heading = page.locator("#en-copay h4")
    box = heading.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 300


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_the_book(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    # Every kind of thing is in the first answers; all of them would take axe minutes.
    page.evaluate(
        "document.querySelectorAll('article:nth-of-type(n + 6)').forEach(a => a.remove())"
    )
    page.evaluate(
        "document.querySelectorAll('nav a').forEach(a => "
        "document.querySelector(a.hash) || a.closest('li').remove())"
    )
    inspector = Inspector()
    inspector.look(f"book at {width}", page)
    assert inspector.findings == []


def test_the_margin_for_notes_is_there_on_paper_only(page: Page) -> None:
    margin = page.locator("#en-copay .margin")
    assert not margin.is_visible()
    page.emulate_media(media="print")
    assert margin.is_visible()


def test_addresses_of_sources_are_printed(page: Page) -> None:
    after = "getComputedStyle(document.querySelector('#en-copay footer a'), '::after').content"
    assert page.evaluate(after) == "none"
    page.emulate_media(media="print")
    assert "https://www.healthcare.gov" in page.evaluate(after)


def test_an_answer_is_not_cut_by_the_end_of_a_page(page: Page) -> None:
    page.emulate_media(media="print")
    rule = "getComputedStyle(document.querySelector('#en-copay')).breakInside"
    assert page.evaluate(rule) == "avoid"
    # Letter paper less its margins. What is taller than a page would be cut all the same.
    page.set_viewport_size({"width": 705, "height": 950})
    heights = "[...document.querySelectorAll('article')].map(one => one.offsetHeight)"
    assert max(page.evaluate(heights)) < 950


def test_two_answers_share_a_printed_page_as_a_rule(page: Page) -> None:
    pdf = page.pdf(format="Letter")
    pages = max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))
    answers = page.locator("article").count()
    assert answers / 3 < pages < answers * 2 / 3
