"""What can be read off the chat's files: its words, and that nothing in it can become markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import texts

WEB = Path(texts.__file__).parent / "web"
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CHAT = [
    WEB / "static" / "embed.js",
    WEB / "templates" / "widget.html",
    *sorted((WEB / "static" / "widget").glob("*.js")),
]
MARKUP_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
)
INLINE_CODE = re.compile(r"""\sstyle=|\son[a-z]+=|<style|javascript:""", re.IGNORECASE)
IMPORTED = re.compile(r"""^(?:import|\}) ?[^"\n]*from "(\.[^"]+)";""", re.MULTILINE)
SCRIPT_TAG = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)


def words(area: str, language: str) -> dict[str, str]:
    prefix = f"{area}."
    return {
        key.removeprefix(prefix): text
        for key, text in texts.catalogue(language).items()
        if key.startswith(prefix)
    }


@pytest.mark.parametrize("area", ["widget", "demo"])
def test_both_languages_have_the_same_texts_with_the_same_places(area: str) -> None:
    english, spanish = words(area, "en"), words(area, "es")

    assert {key: texts.fields(text) for key, text in english.items()} == {
        key: texts.fields(text) for key, text in spanish.items()
    }


def test_every_text_of_the_chat_is_used_by_it() -> None:
    source = "\n".join(path.read_text("utf-8") for path in CHAT)
    used = set(re.findall(r"[\w.]+", source))

    unused = {key for key in words("widget", "en") if not {key, f"widget.{key}"} & used}

    assert unused == set()


def test_every_text_that_the_chat_asks_for_exists() -> None:
    source = "\n".join(path.read_text("utf-8") for path in CHAT)
    asked = set(re.findall(r"""(?:words\.get|#words\.get|\bsay|\blabel)\("(\w+)\"""", source))
    asked |= set(re.findall(r'data-(?:text|label|placeholder)="(\w+)"', source))

    assert len(asked) > 30
    assert asked <= words("widget", "en").keys()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_loader_says_what_the_catalogue_says(language: str) -> None:
    loader = (WEB / "static" / "embed.js").read_text("utf-8")
    block = re.search(rf"\n    {language}: \{{(.*?)\n    \}}", loader, re.DOTALL)
    assert block is not None
    said = dict(re.findall(r'(\w+): "(.*)",', block[1]))

    assert len(said) == 5
    assert said == {key: words("widget", language)[key] for key in said}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_button_for_a_person_shows_what_the_server_stores(language: str) -> None:
    assert words("widget", language)["person_said"] == words("desk", language)["person_button"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup_or_code(path: Path) -> None:
    assert MARKUP_FROM_TEXT.findall(path.read_text("utf-8")) == []


def test_modules_import_files_that_exist_and_never_in_a_circle() -> None:
    left = {
        path: {(path.parent / name).resolve() for name in IMPORTED.findall(path.read_text("utf-8"))}
        for path in SCRIPTS
    }
    assert all(imported <= left.keys() for imported in left.values())

    # Who imports nobody that is left is in no circle.
    while free := {path for path, imported in left.items() if not imported & left.keys()}:
        for path in free:
            del left[path]
    assert left == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_needs_inline_code_or_styles(path: Path) -> None:
    page = path.read_text("utf-8")
    inline = [
        tag
        for tag in SCRIPT_TAG.findall(page)
        if "src=" not in tag and 'type="application/json"' not in tag
    ]

    assert INLINE_CODE.findall(page) == []
    assert inline == []
