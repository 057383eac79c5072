"""Which of the offered articles a patient means, by number, place or words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.words import word_set, words_of

ORDINALS: dict[str, int] = {
    word: place
    for place, words in enumerate(
        (
            "1 1st one first top uno una primero primera",
            "2 2nd two second dos segundo segunda",
            "3 3rd three third tres tercero tercera",
            "4 4th four fourth cuatro cuarto cuarta",
        )
    )
    for word in words.split()
}
LAST = word_set("last bottom ultimo ultima abajo")
FIRST = word_set("arriba")
# Words around a number: "the second one, please", "quiero la opción dos".
FILLER = word_set(
    "the a an of those these that this number option choice please pls i ill id want take pick "
    "meant mean would like lets go with my is it gimme give me for yes ok "
    "el la lo de esas esos esa ese numero opcion por favor porfa porfavor quiero escojo deme dame "
    "me refiero a si seria prefiero con"
)
_SHORT = word_set(
    "the a an of to is in on for my i do does you your what how when where who it and or about "
    "el la los las un una de del en mi su que como cuando donde quien es y o a por para se sobre "
    "one uno"
)
MANY_WORDS = 8


def by_place(text: str, count: int) -> int | None:
    """The index that a number or ordinal names; None unless it says that and nothing else."""
    words = words_of(text)
    bare = [word for word in words if word not in FILLER]
    # "the second one": "one" is a number only where it stands alone.
    if len(bare) > 1:
        bare = [word for word in bare if word != "one"]
    if len(bare) != 1:
        return None
    if bare[0] in LAST:
        return count - 1
    place = 0 if bare[0] in FIRST else ORDINALS.get(bare[0])
    return place if place is not None and place < count else None


def is_place(text: str) -> bool:
    """Whether the text is only a place in a list, such as "2" or "the last one"."""
    return by_place(text, max(ORDINALS.values()) + 1) is not None


def by_words(text: str, titles: Sequence[str]) -> int | None:
    """The index of the one title that shares most of the text's words; None when it is unclear."""
    words = words_of(text)
    said = {word for word in words if word not in _SHORT and word not in FILLER}
    if not said or len(words) > MANY_WORDS:
        return None
    shared = [len(said & set(words_of(title))) for title in titles]
    best = max(shared, default=0)
    if best * 2 <= len(said) or shared.count(best) > 1:
        return None
    return shared.index(best)
