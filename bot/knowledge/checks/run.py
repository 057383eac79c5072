"""All rules over a whole base, be it a folder of files or what is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from bot.clock import utc_now
from bot.errors import Invalid
from bot.knowledge import files, glossary, topics, utterances, vectors
from bot.knowledge.checks.base import base_findings, twin_findings, where_of
from bot.knowledge.checks.findings import RULES, SEARCH_RULES, Finding, Reference, quoting
from bot.knowledge.checks.search import search_findings
from bot.knowledge.checks.text import text_findings
from bot.knowledge.content import ARTICLES_DIR, Content, from_files
from bot.knowledge.index import build
from bot.knowledge.measuring import SHARED
from bot.knowledge.ranking import FILE, NotTrained, Ranker
from bot.knowledge.topics import TOPICS_FILE
from bot.knowledge.training import fingerprint
from bot.settings import Settings

# Named once with all its articles, instead of in each of them.
_ONCE = "expired_figure"


def check(
    data_dir: Path,
    *,
    ranker: Ranker | None = None,
    today: date | None = None,
    rules: Collection[str] = (),
) -> list[Finding]:
    """Look at a folder of content. Raises `Invalid` for a file that cannot be read.

    With `rules`, only those: without any that needs the search this takes seconds.
    """
    content = from_files(data_dir)
    articles = files.read_articles(data_dir / ARTICLES_DIR)
    found = check_content(content, data_dir, ranker=ranker, today=today, rules=rules)
    return _only(rules, [*found, *twin_findings(articles)])


def check_content(
    content: Content,
    data_dir: Path,
    *,
    ranker: Ranker | None = None,
    today: date | None = None,
    rules: Collection[str] = (),
) -> list[Finding]:
    """Look at content that is loaded; subjects and agreed words come from `data_dir`."""
    if unknown := sorted(set(rules) - RULES.keys()):
        remedy = f"Known are: {', '.join(RULES)}."
        raise Invalid(f"there is no rule {unknown[0]!r}", field="rule", remedy=remedy)
    day = today or utc_now().astimezone(content.profile.zone).date()
    reference = Reference(content.profile, content.figures, day, glossary.load(data_dir))
    found = [one for one in _texts(content, reference) if one.rule != _ONCE]
    found += base_findings(content, topics.load(data_dir / TOPICS_FILE), day)
    if not rules or not SEARCH_RULES.keys().isdisjoint(rules):
        found += _search(content, data_dir, ranker)
    return _only(rules, found)


def _texts(content: Content, reference: Reference) -> Iterator[Finding]:
    for article in content.articles:
        for language, version in article.versions.items():
            where = where_of(article, language)
            yield from text_findings(where, language, version.words, reference)


def _search(content: Content, data_dir: Path, ranker: Ranker | None) -> Iterator[Finding]:
    try:
        known = ranker or Ranker.load(Settings().model_dir / FILE)
    except NotTrained as error:
        values = quoting(path=str(Settings().model_dir / FILE))
        yield Finding("ranker", "models", "", f"ranker_{error.why}", values, blocks=False)
        return
    if (
        ranker is None
        and not content.revision
        and known.fingerprint != fingerprint(content, data_dir)
    ):
        yield Finding("ranker", "models", "", "ranker_other_articles", blocks=False)
    SHARED.look_in(Settings().model_dir / vectors.FILE)
    index = build(content, SHARED, utterances.load(data_dir), known.learned)
    yield from search_findings(index, known)


def _only(rules: Collection[str], found: Sequence[Finding]) -> list[Finding]:
    """Each finding once, of these rules."""
    return [one for one in dict.fromkeys(found) if not rules or one.rule in rules]
