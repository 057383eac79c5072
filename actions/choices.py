"""Which of the offered articles a patient means, by number, place or words, typos included."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.words import word_set, words_of

ORDINALS: dict[str, int] = {
    word: place
    for place, words in enumerate(
        (
            "1 1st 1ro 1ra 1a 1o one first top uno una primero primera primer",
            "2 2nd 2do 2da 2a 2o two second dos segundo segunda b",
            "3 3rd 3ro 3ra 3a 3o three third tres tercero tercera tercer c",
            "4 4th 4to 4ta 4a 4o four fourth cuatro cuarto cuarta d",
        )
    )
    for word in words.split()
}
LAST = word_set("last bottom ultimo ultima abajo final")
FIRST = word_set("arriba upper")
MIDDLE = word_set("middle medio enmedio center centro")
# Who wants all of them reads the likeliest first.
ALL = word_set("both all either any ambas ambos todas todos cualquiera")
# Words around a number: "the second one, please", "quiero la opción dos".
FILLER = word_set(
    "the teh them a an of those these that this number numbers no num nr option options choice "
    "please pls plz ill id im want take pick choose meant mean would like think lets go with my is "
    "its it gimme give me for yes ok okay yeah yep sure um uh i and thanks thank you answer "
    "article about be el la los las lo de del esas esos esa ese numero numeros opcion por favor "
    "porfa porfavor quiero escojo elijo deme dame me refiero a si seria es prefiero con creo que "
    "pues gracias en hasta respuesta mejor"
)
_SHORT = word_set(
    "the a an of to is in on for my i do does you your what how when where who it and or about "
    "know tell more info information question thing stuff part want need one ones "
    "el la los las un una de del en mi su que como cuando donde quien es y o a por para se sobre "
    "uno saber mas informacion pregunta parte cosa quiero necesito"
)
NONE = word_set("none neither ninguna ninguno nada tampoco niguna ningunas ningunos")
NOT = word_set("no not nope nah dont isnt arent")
_AROUND_NONE = word_set(
    "of these those them the above either sorry work works fit fits for me match matches help "
    "helps is are it that what i my asked meant mean want wanted need looking question anything "
    "something else different other one ones any nothing and right correct "
    "de esas esos esta estas estos eso las los anteriores opciones me sirve sirven ayuda queda "
    "es son lo que pregunte quiero busco buscaba otra cosa distinta diferente ni una uno otro "
    "ellas ellos opcion era mi la el a"
)
MANY_WORDS = 10
TYPO_LETTERS = 5
STEM_LETTERS = 4


def by_place(text: str, count: int) -> int | None:
    """The index that a number or ordinal names; None unless it says that and nothing else."""
    words = words_of(text)
    if not words:
        return None
    if words[-1] == "a" and len(words) > 1 and set(words[:-1]) <= FILLER - {"a"}:
        return 0
    bare = [word for word in words if word not in FILLER or words == [word]]
    if bare == ["dos"] and {"las", "los"} & set(words):
        return 0
    # "the second one": "one" is a number only where it stands alone.
    if len(bare) > 1:
        bare = [word for word in bare if word not in ("one", "una", "uno")]
    if len(bare) != 1:
        return None
    return _place(bare[0], count)


def _place(word: str, count: int) -> int | None:
    if word in LAST:
        return count - 1
    if word in MIDDLE and count == 3:
        return 1
    if word in FIRST or word in ALL:
        return 0
    place = ORDINALS.get(word)
    if place is None and len(word) >= TYPO_LETTERS:
        near = {at for known, at in ORDINALS.items() if len(known) >= 4 and nearly(word, known)}
        near |= {count - 1 for known in LAST if len(known) >= TYPO_LETTERS and nearly(word, known)}
        place = near.pop() if len(near) == 1 else None
    return place if place is not None and place < count else None


def is_place(text: str) -> bool:
    """Whether the text is only a place in a list, such as "2" or "the last one"."""
    return by_place(text, max(ORDINALS.values()) + 1) is not None


def is_none(text: str) -> bool:
    """Whether the text turns all choices down and says nothing more: "none of these"."""
    words = words_of(text)
    if not words or len(words) > MANY_WORDS:
        return False
    rest = [word for word in words if word not in _AROUND_NONE]
    if any(word in NONE for word in rest) or "ni" in words[:1]:
        return all(word in NONE or word in NOT for word in rest)
    other = {"else", "different", "other", "otra", "otro", "distinta", "these", "those", "esas"}
    turned_down = any(word in NOT for word in rest) or words[0] in ("something", "otra")
    return bool(turned_down and other & set(words)) and all(word in NOT for word in rest)


def by_words(text: str, titles: Sequence[str]) -> int | None:
    """The index of the one title that shares most of the text's words; None when it is unclear."""
    words = words_of(text)
    said = {word for word in words if word not in _SHORT and word not in FILLER}
    if not said or len(words) > MANY_WORDS:
        return None
    shared = [_shared(said, words_of(title)) for title in titles]
    best = max(shared, default=0)
    if best * 2 <= len(said) or shared.count(best) > 1:
        return None
    return shared.index(best)


def _shared(said: set[str], title: Sequence[str]) -> int:
    return sum(any(alike(word, other) for other in title) for word in said)


def alike(one: str, other: str) -> bool:
    """The same word, another form of it ("denial", "denied"), or a typo of it."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < STEM_LETTERS:
        return False
    stem = max(STEM_LETTERS, shorter - 3)
    return one[:stem] == other[:stem] or (shorter >= TYPO_LETTERS and nearly(one, other))


def nearly(one: str, other: str) -> bool:
    """One letter more, less or other, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    rest, others = one[at + 1 :], other[at + 1 :]
    return swapped or rest == others or one[at:] == others or rest == other[at:]
