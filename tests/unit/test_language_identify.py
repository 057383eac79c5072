"""Which language a message is in."""

from __future__ import annotations

import pytest

from bot.language.identify import language_of, read, third_language


@pytest.mark.parametrize(
    "text",
    [
        "do you take blue cross",
        "whats my copay 4 specialist visits",
        "how much is it without insurance",
        "hi",
        "thanks",
        "billing phone number and address please",
        "I can't breathe",
    ],
)
def test_english_is_recognised_in_a_spanish_conversation(text: str) -> None:
    assert language_of(text, previous="es") == "en"


@pytest.mark.parametrize(
    "text",
    [
        "¿aceptan Aetna?",
        "aceptan medicaid en la clinica",
        "cuanto cuesta una consulta sin aseguranza",
        "necesito una cita",
        "gracias",
        "hola",
        "quiero hablar con alguien",
        "me duele el pecho",
        "mañana",
    ],
)
def test_spanish_is_recognised_in_an_english_conversation(text: str) -> None:
    assert language_of(text, previous="en") == "es"


@pytest.mark.parametrize(
    ("accented", "plain"),
    [
        ("¿cuánto tarda la autorización?", "cuanto tarda la autorizacion"),
        ("¿dónde está la clínica?", "donde esta la clinica"),
        ("también necesito mi récord de vacunas", "tambien necesito mi record de vacunas"),
    ],
)
def test_missing_accents_make_no_difference(accented: str, plain: str) -> None:
    assert language_of(accented) == language_of(plain) == "es"


@pytest.mark.parametrize("text", ["Medicaid?", "ok", "si", "no", "Aetna PPO", "2", "", "!!!"])
@pytest.mark.parametrize("previous", ["en", "es"])
def test_a_bare_word_keeps_the_language_of_the_conversation(text: str, previous: str) -> None:
    assert language_of(text, previous) == previous


def test_an_english_plan_name_does_not_make_a_spanish_sentence_english() -> None:
    assert language_of("tengo Blue Cross Blue Shield PPO y Medicare Advantage") == "es"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mwen bezwen yon randevou pou pitit mwen", "ht"),
        ("Tôi cần hẹn gặp bác sĩ", "vi"),
        ("toi muon dat lich kham benh", "vi"),
        ("kailangan ko ng appointment para sa anak ko", "tl"),
        ("quero falar com uma pessoa", "pt"),
        ("j'ai besoin d'un rendez-vous", "fr"),
        ("我要预约", "zh"),
        ("أريد حجز موعد", "ar"),
        ("예약하고 싶어요", "ko"),
    ],
)
def test_a_third_language_is_neither(text: str, code: str) -> None:
    assert language_of(text) == "other"
    assert third_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "me tomé veneno",
        "qué amable, le agradezco",
        "order me a pizza",
        "mi bebé tiene fiebre de 101",
        "¿medicare advantage o medicare original?",
        "hi I have a question",
        "xyzzy plugh foo",
        "7",
    ],
)
def test_letters_alone_do_not_make_a_third_language(text: str) -> None:
    assert third_language(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("manman m malad anpil", "ht"),
        ("mwen pa pale angle", "ht"),
        ("quanto custa sem seguro", "pt"),
        ("nahitaji mkalimani", "sw"),
        ("waxaan u baahanahay turjubaan", "so"),
        ("kuv xav tau ib tug neeg txhais lus", "hmn"),
        ("ਮੈਨੂੰ ਡਾਕਟਰ ਦੀ ਲੋੜ ਹੈ", "pa"),
        ("予約をお願いします", "ja"),
        ("Medicaid 可以用吗", "zh"),
    ],
)
def test_a_few_words_of_a_common_language_are_enough(text: str, code: str) -> None:
    assert third_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Nguyen Thi Minh Khai",
        "Jean-Pierre Dupont",
        "Mohammed Al Rashid",
        "metformin lisinopril atorvastatin",
        "Jardiance Ozempic Trulicity",
        "Humana Gold Plus HMO",
        "is Dr 王伟 in on Monday",
        "bonjour",
        "𝗜 𝗻𝗲𝗲𝗱 𝗮 𝗽𝗲𝗿𝘀𝗼𝗻",
    ],
)
def test_names_drugs_and_bare_words_are_no_third_language(text: str) -> None:
    assert third_language(text) is None


@pytest.mark.parametrize(
    ("text", "language", "by"),
    [
        ("do you take blue cross", "en", "words"),
        ("¿aceptan Aetna?", "es", "signs"),
        ("Medicaid?", "es", "before"),
        ("je voudrais un rendez-vous avec le docteur", "other", "third"),
    ],
)
def test_a_reading_says_what_decided(text: str, language: str, by: str) -> None:
    reading = read(text, previous="es")

    assert (reading.language, reading.by) == (language, by)
    assert (reading.third is not None) == (by == "third")


def test_a_reading_by_words_counts_them() -> None:
    reading = read("do you take blue cross")

    assert reading.english > reading.spanish
