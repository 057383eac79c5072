"""What a base shows as a whole: its subjects, its links, its translations, its figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from bot.knowledge.checks.findings import SOON, Finding
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
        used = ", ".join(users.get(key, ()))
        remedy = "Look the figure up at its source and give it a new value and end."
        if not used:
            message = f"“{key}” is used by no article."
            unused = "Remove it, or name it where it belongs."
            yield Finding("unused_figure", FIGURES_FILE, key, message, unused, blocks=False)
        elif not figure.current(today):
            message = f"“{key}” expired on {figure.expires_on}; sentences vanish from {used}."
            yield Finding("expired_figure", FIGURES_FILE, key, message, remedy, blocks=False)
        elif figure.expires_on - today <= SOON:
            message = f"“{key}” expires on {figure.expires_on}; it stands in {used}."
            yield Finding("figure_soon", FIGURES_FILE, key, message, remedy, blocks=False)


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
            message = f"No article answers “{topic_id}” ({topics.root[topic_id].en})."
            remedy = "Write one, or add the subject to the article that answers it."
            yield Finding("topic_missing", TOPICS_FILE, topic_id, message, remedy, blocks=False)
    for topic_id, articles in owners.items():
        yield from _owned(topic_id, articles, topics)


def _owned(topic_id: str, articles: list[Article], topics: Topics) -> Iterator[Finding]:
    where = where_of(articles[0])
    topic = topics.get(topic_id)
    if topic is None:
        remedy = f"Correct the id, or add the subject to {TOPICS_FILE}."
        message = f"There is no subject “{topic_id}”."
        yield Finding("topic_unknown", where, "topics", message, remedy, blocks=False)
        return
    if len(articles) > 1:
        others = ", ".join(article.slug for article in articles[1:])
        message = f"“{topic_id}” is also a subject of {others}."
        remedy = "Leave it with the article that answers it best."
        yield Finding("topic_twice", where, "topics", message, remedy, blocks=False)
    for article in articles:
        if topic.person and article.handoff is None:
            message = f"“{topic_id}” needs a person, and nobody takes over after this answer."
            remedy = "Set `handoff` with the right reason, or move the subject elsewhere."
            yield Finding("topic_person", where_of(article), "handoff", message, remedy)


def _links(content: Content) -> Iterator[Finding]:
    slugs = {article.slug for article in content.articles}
    for article in content.articles:
        for slug in article.related:
            if slug not in slugs or slug == article.slug:
                what = "is this article itself" if slug == article.slug else "does not exist"
                remedy = "Correct or remove it."
                message = f"The related article “{slug}” {what}."
                where = where_of(article)
                yield Finding("related", where, "related", message, remedy, blocks=False)


def _translations(content: Content) -> Iterator[Finding]:
    for article in content.articles:
        for language in LANGUAGES:
            version = article.versions.get(language)
            if version is None:
                message = "The article is missing in this language."
                where = where_of(article, language)
                remedy = "Write it; until then patients get the other language."
                yield Finding("translation", where, "language", message, remedy, blocks=False)
            elif version.stale:
                message = "It translates an older English text and is not shown."
                where = where_of(article, language)
                yield Finding("stale", where, "translates", message, "Translate it again.")
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
            named = ", ".join(f"{kind}.{key}" for kind, key in odd)
            message = f"Only one of the languages says {named}."
            remedy = "Say the same facts in every language."
            yield Finding("twins", where_of(article, language), "lead", message, remedy)


def twin_findings(files: Sequence[ArticleFile]) -> Iterator[Finding]:
    """Translations whose front matter differs from the source text's."""
    sources = {file.slug: file for file in files if file.language == SOURCE_LANGUAGE}
    for file in files:
        source = sources.get(file.slug)
        if source is None:
            continue
        for field in ("domain", "topics", "related", "handoff", "scope"):
            if getattr(file, field) != getattr(source, field):
                message = f"`{field}` differs from {source.path}."
                remedy = "Make the two equal: one article has one of each."
                yield Finding("twins", str(file.path), field, message, remedy)


def _questions(content: Content) -> Iterator[Finding]:
    """The same words in two places: of two articles, or twice among the variants of one."""
    owners: dict[tuple[str, str], list[Article]] = defaultdict(list)
    for article in content.articles:
        for language, version in article.versions.items():
            asked = [" ".join(normal(text)) for text in version.words.variants]
            for same in [question for question, count in Counter(asked).items() if count > 1]:
                where, message = where_of(article, language), f"“{same}” stands here twice."
                yield Finding("same_question", where, "variants", message, "Keep one.", False)
            golden = [" ".join(normal(text)) for text in version.words.golden]
            for question in dict.fromkeys([*asked, *golden]):
                owners[language, question].append(article)
    for (language, question), articles in owners.items():
        if len(articles) > 1:
            slugs = " and of ".join(article.slug for article in articles)
            message = f"“{question}” is a question of {slugs}."
            remedy = "Leave it with one of them, or with none when both answer it."
            where = where_of(articles[0], language)
            yield Finding("same_question", where, "variants", message, remedy, blocks=False)


def _costs(content: Content) -> Iterator[Finding]:
    for article in content.articles:
        if article.domain in COST_DOMAINS:
            for language, version in article.versions.items():
                yield from help_findings(where_of(article, language), version.words, needed=True)
