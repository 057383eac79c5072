"""What `careline ask --why` prints: the reading of a question, the best articles, the decision."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bot.evaluation.explain import Explained
from bot.knowledge.standing import Bar, Piece, Standing
from bot.knowledge.why import Why
from bot.language.identify import Reading
from bot.safety.reasons import Reasons

GUESSES = 3
# What each piece of evidence is called.
HEADS = {
    "nearest": "meaning",
    "native": "meaning, own encoder",
    "lexical": "letters",
    "typical": "like its texts",
    "learned": "learned",
    "covered": "words it has",
}
SOURCES = {"utterance": "training utterance", "plan": "question made of the plan list"}
BARS = {
    "expired": "has expired",
    "not_yet": "is not in force yet",
    "stale": "translates an older English text",
    "unreviewed": "has not been reviewed",
    "ruled_out": "was ruled out in this conversation",
}
REACHED = {"answer": "first right", "clarify": "right among the few", "no_answer": ""}


def of(explained: Explained) -> Iterator[Text | Table]:
    """Everything, in the order in which it happens to a message."""
    yield _line("question", explained.question)
    yield _line("language", _language(explained.language))
    yield from (_line("safety", said) for said in _safety(explained.safety))
    yield _line("intent", _intent(explained))
    for one in explained.entities:
        yield _line("names", f"{one.kind} {one.value}: “{one.text}”")
    why = explained.why
    if why.asked != why.question:
        yield _line("looked up", why.asked)
    yield best(why)
    yield texts(why)
    yield decision(why)
    if why.article:
        yield from beside(why, why.article)
    yield _line("it ended", _end(explained))


def best(why: Why) -> Table:
    """The best articles: what was measured and, in brackets, the points it adds to the score."""
    table = Table("", "article", "share", "score", *HEADS.values(), box=SIMPLE_HEAD)
    for one in why.best:
        cells = (f"{piece.measured:.2f} ({piece.points:+.2f})" for piece in one.pieces)
        place = f"{one.place}*" if one.offered else str(one.place)
        table.add_row(place, one.slug, f"{one.share:.3f}", f"{one.score:.2f}", *cells)
    table.caption = "measured (points it adds to the score); * is said, or offered"
    return table


def texts(why: Why) -> Table:
    """By which of their texts the best articles were found."""
    table = Table("", "found by", "text", "which is", box=SIMPLE_HEAD)
    for one in why.best:
        seen: dict[tuple[str, str], list[str]] = {}
        for piece in one.pieces:
            if piece.match:
                seen.setdefault((piece.match.text, _place(piece)), []).append(HEADS[piece.name])
        for (text, place), names in seen.items():
            table.add_row(str(one.place), "; ".join(names), Text(text), place)
    return table


def decision(why: Why) -> Table:
    """Each verdict: from which probability on it is chosen, how it stands, what it would cost."""
    table = Table("verdict", "needs", "has", "expected cost", box=SIMPLE_HEAD)
    bounds = {
        "answer": (why.thresholds.answer, why.first),
        "clarify": (why.thresholds.clarify, why.among),
    }
    for verdict, meaning in REACHED.items():
        needs, has = bounds.get(verdict, (None, None))
        cost = why.costs.get(verdict)
        table.add_row(
            f"{verdict}*" if verdict == why.verdict else verdict,
            "" if needs is None else f"{meaning} {needs:.2f}",
            "" if has is None else f"{has:.3f}",
            "one choice only" if cost is None else f"{cost:.2f}",
        )
    return table


def beside(why: Why, article: Standing) -> Iterator[Text | Table]:
    """Why an article lost, or by how much it won: its evidence beside the best other one's."""
    yield _line(article.slug, f"place {article.place}, share {article.share:.4f}")
    for bar in article.bars:
        yield _line("", _bar(bar))
    other = next((one for one in why.best if one.slug != article.slug), None)
    if other is None:
        return
    table = Table("", article.slug, other.slug, "difference", "found by", box=SIMPLE_HEAD)
    pairs = list(zip(article.pieces, other.pieces, strict=True))
    for own, its in pairs:
        table.add_row(
            HEADS[own.name],
            f"{own.measured:.2f} ({own.points:+.2f})",
            f"{its.measured:.2f} ({its.points:+.2f})",
            f"{own.points - its.points:+.2f}",
            Text(f"{own.match.text} ({_place(own)})" if own.match else ""),
        )
    difference = article.score - other.score
    table.add_row("score", f"{article.score:.2f}", f"{other.score:.2f}", f"{difference:+.2f}", "")
    yield table
    way = 1 if difference > 0 else -1
    widest, _ = max(pairs, key=lambda pair: way * (pair[0].points - pair[1].points))
    yield _line("", f"most of the difference: {HEADS[widest.name]}")


def _line(name: str, said: str) -> Text:
    return Text.assemble((f"{name:<10} ", "bold"), said)


def _language(reading: Reading) -> str:
    by = {
        "third": "a third language, which needs an interpreter",
        "signs": "by its signs",
        "words": "by its words",
        "letters": "by its letters",
        "before": "says too little, so the conversation's is kept",
    }[reading.by]
    counted = f"English words {reading.english}, Spanish {reading.spanish}"
    if reading.margin is not None:
        likelier = "English" if reading.margin > 0 else "Spanish"
        counted += f"; letters speak for {likelier} by {abs(reading.margin):.1f}"
    found = reading.third or reading.language
    return f"{found}: {by}" if reading.third else f"{found}: {by} ({counted})"


def _safety(found: Reasons) -> Iterator[str]:
    assessment = found.assessment
    clinical = "clinical" if assessment.clinical else ""
    yield " ".join(filter(None, (str(assessment.tier), assessment.category, clinical)))
    for one in found.patterns:
        yield f"pattern: {one.tier} {one.category}, as in “{one.example}”"
    opinion = found.opinion
    if opinion is None:
        yield "second opinion: none, the message is too short or the encoder is missing"
        return
    said = f"{opinion.tier} {opinion.category}" if opinion.tier else "no danger"
    said += ", doubts any pattern" if opinion.doubts else ""
    given = opinion.bounds
    bounds = (
        f"doubts below {given.doubt:.2f}, soft from {given.soft:.2f}, full from {given.full:.2f}"
    )
    yield f"second opinion: {said} ({opinion.danger:.2f}; {bounds})"
    yield f"clinical by meaning: {opinion.clinical:.2f}; from {given.clinical:.2f}"


def _intent(explained: Explained) -> str:
    first, *others = (f"{one.intent} {one.confidence:.2f}" for one in explained.guesses[:GUESSES])
    also = f" (then {', '.join(others)})" if others else ""
    if explained.safety.assessment.tier == "full":
        return f"{first}{also}; not asked, for safety came first"
    if explained.safety.assessment.clinical:
        return f"{first}{also}; the safety gate decided: clinical"
    return first + also


def _end(explained: Explained) -> str:
    end = explained.end
    parts = [end["outcome"]]
    if end["article"]:
        parts.append(end["article"])
    if end["handoff"]:
        parts.append(f"a person: {end['handoff']['reason']}, {end['handoff']['priority']}")
    return "; ".join(parts)


def _bar(bar: Bar) -> str:
    return f"{bar.language or 'it'}: {BARS[bar.reason]}"


def _place(piece: Piece) -> str:
    if piece.match is None:
        return ""
    source = piece.match.source
    return f"{SOURCES.get(source, source)}, {piece.match.language}"
