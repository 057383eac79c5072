"""Which language a message is in, and what to do when it hardly says.

Function words decide first: they survive typos, missing accents and English plan names in a
Spanish sentence. A letter model decides when they are silent. One bare word ("Medicaid?", "ok")
says nothing, so the conversation keeps the language it had.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.language.words import word_set, words_of

Language = Literal["en", "es", "other"]

# Languages that patients in the United States most often need an interpreter for, as far as
# the letter model knows them.
THIRD = (
    *("am", "ar", "bn", "de", "fa", "fr", "hi", "ht", "it", "ja", "ko", "ne"),
    *("pl", "pt", "ru", "sw", "tl", "uk", "ur", "vi", "zh"),
)
# How much likelier (natural logarithm) a third language must be than English and Spanish when only
# letters speak for it. Accents alone mislead the model, so it must hold without them too.
THIRD_MARGIN = 15.0
THIRD_MARGIN_PLAIN = 8.0
# With that many function words of its own, no margin is needed.
THIRD_EVIDENCE = 2
THIRD_WORDS = 3
# The same between English and Spanish: two words say less than three.
SHORT_MARGIN, LONG_MARGIN = 6.0, 2.0

SURE = {
    "en": word_set("hello hi hey thanks thank please yes english bye goodbye morning"),
    "es": word_set(
        "hola gracias adios buenos buenas espanol castellano ayuda ayudeme quisiera "
        "necesito quiero seguro aseguranza cita citas"
    ),
}
FUNCTION = {
    "en": word_set(
        "the an and or of to for with is are am was were be been do does did dont doesnt didnt "
        "have has had havent can cant could would should will wont i im ive my mine your yours "
        "you u ur we our they them it its this that these those what whats when where wheres "
        "who why how which if in on at from by about not any some there here need want get "
        "got just but out up so because after before into than then much many long"
    ),
    "es": word_set(
        "el la los las un una unos unas de del y o que quien quienes cual cuales como cuando "
        "cuanto cuanta cuantos cuantas donde por para con sin en al es son esta estan estoy era "
        "fue ser hay mi mis su sus tu tus yo usted ustedes le les lo se nos te esto eso esa ese "
        "este estos pero porque si muy mas ya tambien puedo puede pueden tengo tiene tienen "
        "hacer hago aceptan cubre pagar algo nada aqui ahora todavia desde hasta sobre ni quiero "
        "necesito soy somos tenia dijeron mando mandaron llego cobraron"
    ),
}
ENDINGS = {
    "en": re.compile("..(ing|tion|tions|ness|ight|ly)$"),
    "es": re.compile("..(aron|ieron|ando|iendo|cion|ciones|mente|amos|emos|imos|aban|aria)$"),
}
# Words of the third languages in our alphabet that neither English nor Spanish has.
MARKS = {
    "fr": word_set(
        "je vous nous est ce les des une dans avec pour mon votre quel quelle combien ou dun "
        "jai cest bonjour rendezvous besoin voudrais parler prenez quelquun merci visite assurance"
    ),
    "pt": word_set(
        "voce voces nao uma meu minha preciso quero fazer falar com uma pessoa consulta plano "
        "quanto custa obrigado obrigada saude tenho estou aceitam marcar onde fica bom sem entendo "
        "recebi falo fala posso isso muito tambem hoje amanha agora gostaria filho filha mae dor"
    ),
    "ht": word_set(
        "mwen ou nou yon ak pou gen bezwen kijan konbyen eske sa mesi bonjou randevou pitit "
        "lopital asirans pran kote ki pa pale angle konprann manman malad anpil tanpri kisa genyen "
        "doule vant dokte klinik ede kreyol vle kapab nan bodwo"
    ),
    "tl": word_set(
        "ang ng mga po ba ko ako kayo sa kung walang kailangan magkano saan paano hindi "
        "salamat tumatanggap gusto"
    ),
    "vi": word_set(
        "toi muon khong dat lich kham benh bao hiem cua duoc phong gio bac si hen gap bi sot ho "
        "dau thuoc nha nao ngay nhieu tra tien hoa don"
    ),
    "so": word_set("waxaan waan baahanahay turjubaan fadlan dhakhtar lacag caymis ballan rabaa"),
    "sw": word_set("nahitaji ninahitaji mkalimani daktari tafadhali ninataka gani bima kwa miadi"),
    "pl": word_set(
        "potrzebuje potrzebuję tlumacza tłumacza lekarza jestem nie mam prosze dzien dobry czy "
        "wizyte ubezpieczenie"
    ),
    "hmn": word_set("kuv koj xav tau ib tus tug neeg txhais lus hmoob tsis paub hais kws kho mob"),
}

# Alphabets that say the language; Arabic and Cyrillic letters leave the letter model a choice.
SCRIPTS = {
    **{"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "DEVANAGARI": "hi"},
    **{"BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta", "TELUGU": "te"},
    **{"THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "ETHIOPIC": "am"},
    **{"ARMENIAN": "hy", "GREEK": "el", "HEBREW": "he", "GEORGIAN": "ka"},
}
SHARED_SCRIPTS = {"ARABIC": ("ar", "fa", "ur"), "CYRILLIC": ("ru", "uk")}

_SPANISH_SIGNS = re.compile("[¿¡ñÑ]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A language, and by what it was told.

    `by` names the first of these that decided: `third` (a language of its own, `third` says
    which), `signs` (¿ ¡ ñ), `words` (the votes), `letters` (the model), `before` (nothing did).
    `margin` is how much likelier the letter model thinks English than Spanish, as a natural
    logarithm; None when it was not asked.
    """

    language: Language
    by: Literal["third", "signs", "words", "letters", "before"]
    third: str | None = None
    english: int = 0
    spanish: int = 0
    margin: float | None = None


def language_of(text: str, previous: str = "en") -> Language:
    """The language of a message: English, Spanish, or neither.

    `previous` is what the conversation spoke so far, and what a message too short to tell keeps.
    """
    return read(text, previous).language


def spoken_after(text: str, before: str) -> Literal["en", "es"]:
    """The language of a conversation with people after this message: `before`, until words say
    otherwise. Asked by people, patients write names and addresses, which letters alone tell
    nothing of."""
    kept: Literal["en", "es"] = "es" if before == "es" else "en"
    reading = read(text, kept)
    clear = reading.by == "words" or (
        reading.by == "signs" and (reading.spanish > 0 or not {"¿", "¡"}.isdisjoint(text))
    )
    return "es" if clear and reading.language == "es" else "en" if clear else kept


def read(text: str, previous: str = "en") -> Reading:
    """The same, with the reason."""
    third = third_language(text)
    if third is not None:
        return Reading("other", "third", third)
    kept: Language = "es" if previous == "es" else "en"
    words = _words(text)
    english, spanish = _votes(words, "en"), _votes(words, "es")
    if _SPANISH_SIGNS.search(text):
        return Reading("es", "signs", None, english, spanish)
    if english != spanish:
        return Reading("en" if english > spanish else "es", "words", None, english, spanish)
    if len(words) < 2:
        return Reading(kept, "before", None, english, spanish)
    scores = _scores(text)
    margin = scores["en"] - scores["es"]
    if abs(margin) < (SHORT_MARGIN if len(words) < 3 else LONG_MARGIN):
        return Reading(kept, "before", None, english, spanish, margin)
    return Reading("en" if margin > 0 else "es", "letters", None, english, spanish, margin)


def third_language(text: str) -> str | None:
    """The ISO code of a language that is neither English nor Spanish; None when in doubt."""
    words = _words(text)
    if written := _by_script(text, words):
        return written
    marked = {language: sum(word in few for word in words) for language, few in MARKS.items()}
    likely = max(marked, key=lambda language: marked[language])
    if len(words) == marked[likely] >= THIRD_EVIDENCE and not _says_anything(words):
        return likely
    if len(words) < THIRD_WORDS or _SPANISH_SIGNS.search(text):
        return None
    known = max(_votes(words, "en"), _votes(words, "es"))
    if marked[likely] >= THIRD_EVIDENCE and marked[likely] > known:
        return likely
    if known * 3 > len(words):
        return None
    scores, bare = _scores(text), _scores(" ".join(words))
    sure = _margin(scores) >= THIRD_MARGIN and _margin(bare) >= THIRD_MARGIN_PLAIN
    return _best(scores) if sure else None


def _by_script(text: str, words: list[str]) -> str | None:
    """A language that its letters tell, unless English or Spanish words stand around them."""
    letters = filter(str.isalpha, unicodedata.normalize("NFKC", text))
    names = [unicodedata.name(one, "LATIN").split()[0] for one in letters]
    foreign = [name for name in names if name != "LATIN"]
    if len(foreign) < 2 or (len(foreign) * 2 <= len(names) and _says_anything(words)):
        return None
    # Japanese mixes Chinese characters in: its own letters tell it apart.
    script = next((one for one in SCRIPTS if one in foreign), foreign[0])
    if script in SCRIPTS:
        return SCRIPTS[script]
    scores = _scores(text)
    return max(SHARED_SCRIPTS.get(script, THIRD), key=lambda language: scores[language])


def _best(scores: dict[str, float]) -> str:
    return max(THIRD, key=lambda language: scores[language])


def _margin(scores: dict[str, float]) -> float:
    return scores[_best(scores)] - max(scores["en"], scores["es"])


def _words(text: str) -> list[str]:
    return [word for word in words_of(text) if word.isalpha()]


def _votes(words: list[str], language: str) -> int:
    """A word that only this language greets or thanks with counts twice."""
    sure, function, ending = SURE[language], FUNCTION[language], ENDINGS[language]
    votes = sum(2 * (word in sure) for word in words)
    if len(words) > 1:  # "si" alone is either language's
        votes += sum(word in function or bool(ending.search(word)) for word in words)
    return votes


def _says_anything(words: list[str]) -> bool:
    return any(_votes(words, language) for language in SURE)


def _scores(text: str) -> dict[str, float]:
    return dict(cast(list[tuple[str, float]], _model().rank(text.lower())))


@cache
def _model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_pickled_model(MODEL_FILE)
    model.set_languages(["en", "es", *THIRD])
    return model
