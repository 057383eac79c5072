"""Articles as files: Markdown with YAML front matter, one file per article and language.

A file lies at `<domain>/<slug>.<language>.md`. Reading refuses what it does not understand and
says how to mend it; writing is canonical, so an export of an import changes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.effects import Priority, Reason
from bot.errors import Invalid
from bot.knowledge.problems import explain

MORE = "<!-- more -->"
SOURCE_LANGUAGE = "en"


class Domain(StrEnum):
    """The shelf an article stands on; the name of its directory."""

    COVERAGE = "coverage"
    BILLING = "billing"
    APPOINTMENTS = "appointments"
    CLINIC = "clinic"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where a statement comes from: the primary page."""

    title: str = Field(min_length=1)
    url: str = Field(pattern=r"^https://\S+$")


class Scope(_Part):
    """Whom the article is for; None means everyone."""

    payer: str | None = None
    plan_type: str | None = None
    location: str | None = None
    age_group: str | None = None


class HandoffRule(_Part):
    """After the answer a person takes over, for this reason."""

    reason: Reason
    priority: Priority | None = None


class ArticleFile(_Part):
    """One article in one language. `lead` is the answer, `more` what stands behind "More"."""

    domain: Domain
    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    topics: tuple[str, ...] = Field(min_length=1)
    language: Literal["en", "es"]
    title: str = Field(min_length=1)
    revision: int | None = Field(default=None, ge=1)
    translates: int | None = Field(default=None, ge=1)
    variants: tuple[str, ...] = Field(min_length=1)
    golden: tuple[str, ...] = Field(min_length=1)
    related: tuple[str, ...] = ()
    scope: Scope = Scope()
    handoff: HandoffRule | None = None
    sources: tuple[Source, ...] = ()
    verified_on: date
    expires_on: date
    reviewed_by: str = ""
    reviewed_on: date | None = None
    lead: str = Field(min_length=1)
    more: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ArticleFile:
        wanted, other = (
            ("revision", "translates")
            if self.language == SOURCE_LANGUAGE
            else ("translates", "revision")
        )
        if getattr(self, wanted) is None or getattr(self, other) is not None:
            raise ValueError(f"a text in {self.language!r} needs `{wanted}` and no `{other}`")
        if self.expires_on <= self.verified_on:
            raise ValueError("`expires_on` must be later than `verified_on`")
        if bool(self.reviewed_by) != (self.reviewed_on is not None):
            raise ValueError("`reviewed_by` and `reviewed_on` go together: set both or neither")
        return self

    @property
    def path(self) -> Path:
        """Where the file lies below the knowledge directory."""
        return Path(self.domain) / f"{self.slug}.{self.language}.md"


def read_articles(directory: Path) -> list[ArticleFile]:
    """All articles below `directory`, by path. Raises `Invalid` at the first that is wrong."""
    return [read_article(path) for path in sorted(directory.glob("*/*.md"))]


def read_article(path: Path) -> ArticleFile:
    """One file. Raises `Invalid` naming file, field and remedy."""
    where = f"{path.parent.name}/{path.name}"
    meta, body = _split(path.read_text("utf-8-sig"), where)
    lead, _, more = body.partition(MORE)
    content = {
        "domain": path.parent.name,
        "lead": lead.strip(),
        "more": more.strip() or None,
    }
    if reserved := sorted(content.keys() & meta.keys()):
        raise Invalid(
            f"{where}: {reserved[0]}: not a front matter field",
            field=reserved[0],
            remedy="Remove it: the directory and the text below the front matter say it.",
        )
    try:
        article = ArticleFile.model_validate({**meta, **content})
    except ValidationError as error:
        raise explain(error, where) from None
    if article.path.name != path.name:
        raise Invalid(
            f"{where}: slug: the file should be named {article.path.name}",
            field="slug",
            remedy="Rename the file, or correct `slug` and `language`.",
        )
    return article


def write_article(article: ArticleFile) -> str:
    """The canonical text of the file: `read_article` of it gives an equal article."""
    meta = article.model_dump(mode="python", exclude={"domain", "lead", "more"})
    for optional in ("revision", "translates", "handoff"):
        if meta[optional] is None:
            del meta[optional]
    for field in ("scope", "handoff"):
        if field in meta:
            meta[field] = {k: str(v) for k, v in meta[field].items() if v is not None}
    meta["sources"] = [source.model_dump() for source in article.sources]
    kept = {k: list(v) if isinstance(v, tuple) else v for k, v in meta.items() if v or k in _KEPT}
    front = yaml.dump(kept, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    body = article.lead if article.more is None else f"{article.lead}\n\n{MORE}\n\n{article.more}"
    return f"---\n{front}---\n{body}\n"


def content_hash(article: ArticleFile) -> str:
    """Equal for equal articles, whatever the layout of their files."""
    return hashlib.sha256(write_article(article).encode()).hexdigest()


_KEPT = {"reviewed_by", "reviewed_on"}


class _Dumper(yaml.SafeDumper):
    """Lists indented below their key, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _split(text: str, where: str) -> tuple[dict[str, Any], str]:
    try:
        meta, body = frontmatter.parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise Invalid(
            f"{where}: front matter: not valid YAML{line}",
            field="front matter",
            remedy="Put text that holds `: ` or starts with a quote into quotes.",
        ) from None
    if not meta:
        raise Invalid(
            f"{where}: front matter: missing",
            field="front matter",
            remedy="Start the file with `---`, the fields, and `---`.",
        )
    return meta, body
