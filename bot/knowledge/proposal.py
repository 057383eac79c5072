"""A text that might go live, and the content as it would then be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.knowledge.content import Article, Content, Published, Words
from bot.knowledge.files import SOURCE_LANGUAGE


@dataclass(frozen=True, slots=True)
class Proposal:
    """One text of one article. `article` is what it belongs to, for one that is not live yet;
    `stale` says that it translates an older source text than the live one."""

    article: Article
    language: str
    version_id: int
    words: Words
    stale: bool = False

    @property
    def slug(self) -> str:
        """The article's name."""
        return self.article.slug

    @property
    def text_hash(self) -> str:
        """Equal for the same text, whoever has reviewed it."""
        return text_hash(self.words)

    def applied(self, current: Content) -> Content:
        """The content with this text live. A new meaning of the source text makes its
        translations stale."""
        others = {one.slug: one for one in current.articles}
        known = others.get(self.slug)
        versions = dict(known.versions) if known else {}
        versions |= dict(self._left_behind(versions))
        versions[self.language] = Published(self.version_id, self.language, self.words, self.stale)
        own = known or self.article
        others[self.slug] = replace(own, versions=versions)
        return replace(current, articles=tuple(one for _, one in sorted(others.items())))

    def _left_behind(self, versions: dict[str, Published]) -> Iterator[tuple[str, Published]]:
        live = versions.get(self.language)
        if self.language != SOURCE_LANGUAGE or live is None or _says(live.words, self.words):
            return
        for language, version in versions.items():
            if language != SOURCE_LANGUAGE:
                yield language, replace(version, stale=True)


def text_hash(words: Words) -> str:
    """Equal for the same text, whoever has reviewed it."""
    return replace(words, reviewed_by="", reviewed_on=None).hash


def short_hash(*parts: str) -> str:
    """A key for what these parts name."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _says(one: Words, other: Words) -> bool:
    return (one.title, one.lead, one.more) == (other.title, other.lead, other.more)
