"""Danger in a third language: seen in direct words, and answered in the same language first."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.safety import Tier, assess, serve_only_reviewed, text_for
from bot.safety.foreign import danger_in, read_spoken, spoken, text_in
from bot.safety.texts import TextError

SPOKEN = spoken()


@pytest.fixture
def production() -> Iterator[None]:
    serve_only_reviewed()
    yield
    serve_only_reviewed(False)


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("Estou com uma dor no peito muito forte", "pt", "saf.medical"),
        ("ma fille ne respire plus, aidez-moi", "fr", "saf.medical"),
        ("manman m pa ka respire", "ht", "saf.medical"),
        ("Con tôi khó thở", "vi", "saf.medical"),
        ("con toi kho tho", "vi", "saf.medical"),
        ("我爸爸胸痛,呼吸困难", "zh", "saf.medical"),
        ("hindi makahinga ang anak ko", "tl", "saf.medical"),
        ("남편이 쓰러졌어요", "ko", "saf.medical"),
        ("мама потеряла сознание", "ru", "saf.medical"),
        ("أبي عنده ألم في الصدر", "ar", "saf.medical"),
        ("vou me matar hoje", "pt", "saf.suicide"),
        ("j'ai envie de mourir", "fr", "saf.suicide"),
        ("我不想活了", "zh", "saf.suicide"),
        ("tôi muốn tự tử", "vi", "saf.suicide"),
        ("죽고 싶어요", "ko", "saf.suicide"),
        ("хочу умереть", "ru", "saf.suicide"),
        ("أفكر في الانتحار", "ar", "saf.suicide"),
    ],
)
def test_danger_is_answered_in_the_language_it_was_named_in(
    text: str, language: str, category: str
) -> None:
    found = assess(text)

    assert (found.tier, found.category, found.language) == (Tier.FULL, category, language)
    assert text_for(found, "en").language == language


@pytest.mark.parametrize(
    "text",
    [
        "quanto custa uma consulta sem seguro",
        "je voudrais prendre un rendez-vous",
        "mwen bezwen yon randevou",
        "phòng khám mở cửa mấy giờ",
        "我要预约",
        "magkano po ang bayad",
        "예약하고 싶어요",
        "мне нужен переводчик",
        "أريد حجز موعد",
        "my doctor sent me for a stress test after chest pain last year, is it covered",
        "¿mi seguro cubre la ambulancia si tuve un infarto el año pasado?",
    ],
)
def test_an_ordinary_message_names_no_foreign_danger(text: str) -> None:
    assert danger_in(text) is None


@pytest.mark.parametrize("language", SPOKEN)
def test_every_text_gives_911_and_988_and_asks_nothing(language: str) -> None:
    for text in SPOKEN[language].texts.values():
        assert re.search(r"\[911\]\(tel:911\).*\[988\]\(tel:988\)", text.text, re.DOTALL)
        assert not set("??؟") & set(text.text)


@pytest.mark.parametrize("language", SPOKEN)
def test_the_emergency_text_begins_with_911(language: str) -> None:
    assert "(tel:911)" in SPOKEN[language].texts["emergency"].text.split("\n\n")[0]


def test_production_says_what_nobody_reviewed_in_english_instead(production: None) -> None:
    found = assess("我不能呼吸")

    assert found.tier is Tier.FULL
    assert text_in("emergency", "zh") is None
    assert text_for(found, "en").language == "en"


def test_a_language_without_a_text_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "foreign.toml"
    path.write_text('[de]\nemergency = "Rufen Sie 911"\nmedical = []\nsuicide = []\n', "utf-8")

    with pytest.raises(TextError, match="interpreter"):
        read_spoken(path)
