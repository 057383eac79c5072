"""An index with one article changed: made from the one before it, in a fraction of the time.

What it finds is what an index made anew would find. Only in a very large base the learned head is
not fitted again: an edited article keeps its column, a new one gets the average column, until the
next start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from bot.knowledge import heads
from bot.knowledge.content import Article, Content
from bot.knowledge.evidence import MANY, Native, Space, laid_out, precision_of, scatter_of
from bot.knowledge.heads import Head, Lessons, Rows
from bot.knowledge.index import Entry, Heads, Index, entries_of, words_said
from bot.knowledge.lexicon import grams
from bot.knowledge.measuring import NATIVE, STRETCH, Asked, TextCache, said
from bot.knowledge.stacked import Stacked
from bot.knowledge.utterances import Utterances
from bot.knowledge.vectors import Floats
from bot.knowledge.vocabulary import Changed

# Entries that may come late before an index is made anew.
MOST_LATE = 10_000


def patched(
    before: Index, content: Content, cache: TextCache, utterances: Utterances, learned: Heads
) -> Index | None:
    """The index of `content`, if it differs from that of `before` in the texts of one article at
    most; else None. `utterances` and `learned` are those of `before`."""
    if before.content.profile != content.profile or not len(before.entries):
        return None
    changed = _changed(before.articles, content.articles)
    if changed is None:
        return None
    if isinstance(changed, int):
        return _with(before, content, changed, cache, utterances, learned)
    return replace(before, content=content)


def _changed(old: Sequence[Article], new: Sequence[Article]) -> int | tuple[()] | None:
    """The place of the one article that is new or says other texts; nothing where none is, None
    where there are more."""
    if len(new) - len(old) not in (0, 1):
        return None
    inserted = len(new) > len(old)
    found: list[int] = []
    at = 0
    for place, article in enumerate(new):
        if at < len(old) and old[at].slug == article.slug:
            if old[at] is not article and not _same_texts(old[at], article):
                found.append(place)
            at += 1
        elif inserted and not found:
            found.append(place)
        else:
            return None
    return (found[0] if found else ()) if len(found) <= 1 and at == len(old) else None


def _same_texts(one: Article, other: Article) -> bool:
    def told(article: Article) -> dict[str, tuple[object, ...]]:
        return {
            language: (version.words.questions, version.words.lead, version.words.more)
            for language, version in article.versions.items()
        }

    return told(one) == told(other)


def _with(
    before: Index,
    content: Content,
    position: int,
    cache: TextCache,
    utterances: Utterances,
    learned: Heads,
) -> Index | None:
    space, article = before.space, content.articles[position]
    known = position < len(before.articles) and before.articles[position].slug == article.slug
    start, stop = _rows(space, position, known)
    changed = Changed(position, start, stop, known)
    fresh = list(entries_of(position, article, content, utterances))
    if not fresh or len(space.lexicon.late) + len(fresh) > MOST_LATE:
        return None
    measured = cache.also((one.text for one in fresh), (one.language for one in fresh))
    entries = _entries(before.entries, fresh, changed)
    old = before.articles[position] if known else None
    corrector = before.corrector.changed(words_said(old) if old else (), words_said(article))
    slugs = tuple(one.slug for one in content.articles)
    return Index(content, entries, _space(before, entries, measured, changed, slugs, learned),
                 corrector)  # fmt: skip


def _rows(space: Space, position: int, known: bool) -> tuple[int, int]:
    """The entries of the article at `position`; where they would be, if there is none yet."""
    ends = np.append(space.starts, len(space.owner))
    start = int(ends[position])
    return start, int(ends[position + 1]) if known else start


def _entries(old: tuple[Entry, ...], fresh: Sequence[Entry], changed: Changed) -> tuple[Entry, ...]:
    rest = old[changed.stop :]
    if changed.shift:
        rest = tuple(replace(one, article=one.article + 1) for one in rest)
    return (*old[: changed.start], *fresh, *rest)


def _space(
    before: Index,
    entries: tuple[Entry, ...],
    measured: Sequence[Asked],
    changed: Changed,
    slugs: tuple[str, ...],
    learned: Heads,
) -> Space:
    space, (position, start, stop, known) = before.space, changed
    new = np.stack([one.vector for one in measured])
    owner = np.concatenate(
        [
            space.owner[:start],
            np.full(len(new), position, dtype=np.intp),
            space.owner[stop:] + changed.shift,
        ]
    )
    starts = np.searchsorted(owner, np.arange(len(slugs)))
    vectors = _spliced(space.vectors, new, start, stop, len(owner))
    mean = new.mean(axis=0, keepdims=True)
    means = np.concatenate([space.means[:position], mean, space.means[position + known :]])
    scatter = space.scatter + scatter_of(new, mean)
    if known:
        scatter = scatter - scatter_of(space.vectors[start:stop], space.means[position])
    precision = precision_of(scatter, len(owner))
    weights = means @ precision
    gone = grams([said(one.text) for one in before.entries[start:stop]])
    native = {
        language: _native(space.native.get(language), measured, language, owner, changed)
        for language in NATIVE
    }
    made = replace(
        space,
        vectors=vectors,
        lexicon=space.lexicon.replaced(start, stop, [one.grams for one in measured], gone),
        vocabulary=space.vocabulary.replaced(
            [one.text for one in entries[start : start + len(new)]], changed
        ),
        owner=owner,
        starts=starts,
        means=means,
        scatter=scatter,
        precision=precision,
        typical_weights=weights,
        typical_bias=-(weights * means).sum(axis=1) / 2,
        native={language: one for language, one in native.items() if one is not None},
    )  # fmt: skip
    return replace(made, heads=_heads(made, space.heads, learned, slugs, entries, changed))


def _spliced(old: Floats, new: Floats, start: int, stop: int, entries: int) -> Floats:
    if entries > MANY:
        # Read as a matrix is.
        return cast("Floats", Stacked.of(old).replaced(start, stop, new))
    return laid_out(np.concatenate([old[:start], new, old[stop:]]), entries)


def _native(
    old: Native | None, measured: Sequence[Asked], language: str, owner: Rows, changed: Changed
) -> Native | None:
    """The entries of one language to its own encoder, those of the article replaced."""
    grown = len(measured) - (changed.stop - changed.start)
    own = [at for at, one in enumerate(measured) if one.native is not None]
    own = [at for at in own if measured[at].language == language]
    if old is None:
        return None if not own else _only(measured, own, owner, changed)
    rows = np.flatnonzero(old.column >= 0)
    first, last = np.searchsorted(rows, [changed.start, changed.stop])
    fresh = np.array([changed.start + at for at in own], dtype=np.intp)
    new = [vector for at in own if (vector := measured[at].native) is not None]
    stacked = np.stack(new) if new else old.vectors[:0]
    vectors = _spliced(old.vectors, stacked, int(first), int(last), len(owner))
    places = np.concatenate([rows[:first], fresh, rows[last:] + grown])
    return Native.of(vectors, places, owner)


def _only(measured: Sequence[Asked], own: Sequence[int], owner: Rows, changed: Changed) -> Native:
    vectors = [vector for at in own if (vector := measured[at].native) is not None]
    rows = np.array([changed.start + at for at in own], dtype=np.intp)
    return Native.of(np.stack(vectors), rows, owner)


def _heads(
    space: Space,
    old: Mapping[str, Head],
    learned: Heads,
    slugs: tuple[str, ...],
    entries: Sequence[Entry],
    changed: Changed,
) -> Mapping[str, Head]:
    if len(entries) > MANY:
        return {language: _kept(head, slugs, changed) for language, head in old.items()}
    found = {}
    for language, head in learned.by_language.items():
        lessons = _lessons(space, entries, slugs, language)
        if not len(lessons.rows):
            continue
        if fitted := heads.aligned(head, lessons, slugs, old.get(language)):
            found[language] = fitted
    return found


def _kept(head: Head, slugs: tuple[str, ...], changed: Changed) -> Head:
    """The column of an article that was there stays; a new one gets the average."""
    if changed.known:
        return head
    at = changed.article
    weights = np.insert(head.weights, at, head.weights.mean(axis=1), axis=1)
    bias = np.insert(head.bias, at, head.bias.mean())
    texts = (*head.texts[:at], "", *head.texts[at:])
    return replace(head, slugs=slugs, texts=texts, weights=weights, bias=bias)


def _lessons(
    space: Space, entries: Sequence[Entry], slugs: tuple[str, ...], language: str
) -> Lessons:
    """As `index.lessons_of`, from what is measured already."""
    native = space.native.get(language)
    apart = language in NATIVE
    rows = np.arange(len(entries))
    vectors = space.vectors
    if apart and native is not None:
        rows = np.flatnonzero(native.column >= 0)
        own = native.vectors[native.column[rows]] * STRETCH[NATIVE[language]]
        vectors = np.concatenate([space.vectors[rows], own], axis=1)
    elif apart:
        rows = rows[:0]
    told: list[list[str]] = [[] for _ in slugs]
    for row in rows.tolist():
        told[entries[row].article].append(said(entries[row].text))
    return Lessons(
        vectors=vectors,
        owner=space.owner[rows],
        texts=tuple(map(heads.sentences_hash, told)),
        rows=rows,
    )
