"""What a base shows as a whole: its subjects, its links, its translations, its figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from bot.knowledge import wording
from bot.knowledge.checks.findings import SOON, Both, Finding, quoting
from bot.knowledge.checks.phrasing import help_findings
from bot.knowledge.content import FIGURES_FILE, Article, Content
from bot.knowledge.files import SOURCE_LANGUAGE, ArticleFile
from bot.knowledge.plans import normal
from bot.knowledge.render import placeholders
from bot.knowledge.topics import TOPICS_FILE, Ends, Topics
from bot.texts import LANGUAGES

COST_DOMAINS = ("billing",)


def where_of(article: Article, language: str = SOURCE_LANGUAGE) -> str:
    """The file of the article in that language."""
    return f"{article.domain}/{article.slug}.{language}.md"


def base_findings(content: Content, topics: Topics, today: date) -> Iterator[Finding]:
    """Everything that shows only when all articles are looked at."""
    yield from _figures(content, today)
    yield from _topics(content, topics)
    yield from _links(content)
    yield from _translations(content)
    yield from _questions(content)
    yield from _costs(content)


def _figures(content: Content, today: date) -> Iterator[Finding]:
    users = figure_users(content)
    for key, figure in content.figures.root.items():
        find = partial(Finding, where=FIGURES_FILE, field=key, blocks=False)
        used = ", ".join(users.get(key, ()))
        values = quoting(key=key, date=figure.expires_on, slugs=used)
        if not used:
            yield find("unused_figure", text="figure_unused", values=quoting(key=key))
        elif not figure.current(today):
            yield find("expired_figure", text="figure_expired_in", values=values)
        elif figure.expires_on - today <= SOON:
            yield find("figure_soon", text="figure_soon", values=values)


def figure_users(content: Content) -> dict[str, list[str]]:
    """Figure → slugs of the articles that name it, in order."""
    users: dict[str, dict[str, None]] = defaultdict(dict)
    for article in content.articles:
        for version in article.versions.values():
            for kind, key in placeholders(f"{version.words.lead} {version.words.more or ''}"):
                if kind == "fact":
                    users[key][article.slug] = None
    return {key: list(slugs) for key, slugs in users.items()}


def _topics(content: Content, topics: Topics) -> Iterator[Finding]:
    owners: dict[str, list[Article]] = defaultdict(list)
    for article in content.articles:
        for topic_id in dict.fromkeys(article.topics):
            owners[topic_id].append(article)
    for topic_id in topics.ending(Ends.ARTICLE):
        if topic_id not in owners:
            topic = topics.root[topic_id]
            values = quoting(topic=topic_id, name=Both(topic.en, topic.es))
            yield Finding(
                "topic_missing", TOPICS_FILE, topic_id, "topic_missing", values, blocks=False
            )
    for topic_id, articles in owners.items():
        yield from _owned(topic_id, articles, topics)


def _owned(topic_id: str, articles: list[Article], topics: Topics) -> Iterator[Finding]:
    where = where_of(articles[0])
    topic = topics.get(topic_id)
    if topic is None:
        values = quoting(topic=topic_id, file=TOPICS_FILE)
        yield Finding("topic_unknown", where, "topics", "topic_unknown", values, blocks=False)
        return
    if len(articles) > 1:
        others = ", ".join(article.slug for article in articles[1:])
        values = quoting(topic=topic_id, slugs=others)
        yield Finding("topic_twice", where, "topics", "topic_twice", values, blocks=False)
    for article in articles:
        if topic.person and article.handoff is None:
            values = quoting(topic=topic_id)
            yield Finding("topic_person", where_of(article), "handoff", "topic_person", values)


def _links(content: Content) -> Iterator[Finding]:
    slugs = {article.slug for article in content.articles}
    for article in content.articles:
        for slug in article.related:
            if slug not in slugs or slug == article.slug:
                where, values = where_of(article), quoting(slug=slug)
                text = "related_itself" if slug == article.slug else "related_unknown"
                yield Finding("related", where, "related", text, values, blocks=False)


def _translations(content: Content) -> Iterator[Finding]:
    for article in content.articles:
        for language in LANGUAGES:
            version = article.versions.get(language)
            if version is None:
                where = where_of(article, language)
                yield Finding("translation", where, "language", "translation_missing", blocks=False)
            elif version.stale:
                where = where_of(article, language)
                yield Finding("stale", where, "translates", "translation_stale")
        yield from _places_differ(article)


def _places_differ(article: Article) -> Iterator[Finding]:
    places = {
        language: set(placeholders(f"{version.words.lead} {version.words.more or ''}"))
        for language, version in article.versions.items()
        if not version.stale
    }
    source = places.get(SOURCE_LANGUAGE)
    for language, found in places.items():
        if source is not None and (odd := sorted(found ^ source)):
            values = quoting(places=", ".join(f"{kind}.{key}" for kind, key in odd))
            yield Finding("twins", where_of(article, language), "lead", "places_differ", values)


def twin_findings(files: Sequence[ArticleFile]) -> Iterator[Finding]:
    """Translations whose front matter differs from the source text's."""
    sources = {file.slug: file for file in files if file.language == SOURCE_LANGUAGE}
    for file in files:
        source = sources.get(file.slug)
        if source is None:
            continue
        for field in ("domain", "topics", "related", "handoff", "scope"):
            if getattr(file, field) != getattr(source, field):
                values = quoting(field=field, file=str(source.path))
                yield Finding("twins", str(file.path), field, "twins_differ", values)


def _questions(content: Content) -> Iterator[Finding]:
    """The same words in two places: of two articles, or twice among the variants of one."""
    owners: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in content.articles:
        for language, version in article.versions.items():
            asked = [" ".join(normal(text)) for text in version.words.variants]
            for same in [question for question, count in Counter(asked).items() if count > 1]:
                where, values = where_of(article, language), quoting(question=same)
                yield Finding(
                    "same_question", where, "variants", "question_twice", values, blocks=False
                )
            golden = [" ".join(normal(text)) for text in version.words.golden]
            for question in dict.fromkeys([*asked, *golden]):
                owners[language, question].append(article)
    for (language, question), articles in owners.items():
        if len(articles) > 1:
            slugs = [article.slug for article in articles]
            both = Both(en=" and of ".join(slugs), es=wording.listing(slugs, "es"))
            where, values = where_of(articles[0], language), quoting(question=question, slugs=both)
            yield Finding(
                "same_question", where, "variants", "question_shared", values, blocks=False
            )


def _costs(content: Content) -> Iterator[Finding]:
    for article in content.articles:
        if article.domain in COST_DOMAINS:
            for language, version in article.versions.items():
                yield from help_findings(where_of(article, language), version.words, needed=True)
