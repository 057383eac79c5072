"""Names and addresses in free text, found by a small model of our own.

`careline train` makes it from `data/training/entities` and the training questions: a blank spaCy
pipeline with one entity recogniser, without any pretrained part. Titles keep a name readable that
is no patient's: `Dr. Patel` is public, and what a question is about.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.errors import CarelineError
from bot.privacy import examples, names, places
from bot.privacy.examples import Example, Maker, Sizes
from bot.privacy.spans import Kind, Span

FOLDER = "entities"
MARK = "careline.json"
WORDS = "words.json"
FORMAT = 1
SEED = 20261122
ROUNDS = 6
BATCH = (64.0, 512.0, 1.01)
DROPOUT = 0.25
KINDS = {"NAME": Kind.NAME, "ADDRESS": Kind.ADDRESS}
MODEL: dict[str, Any] = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "nO": None,
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 64,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": [3000, 1500, 2000, 500],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 64,
            "window_size": 1,
            "maxout_pieces": 3,
            "depth": 2,
        },
    },
}


class NotTrained(CarelineError):
    """There is no entity model, or one of another release."""

    code = "not_trained"


class Entities:
    """The trained model."""

    def __init__(self, pipeline: Any, vocabulary: names.Vocabulary):
        self._pipeline = pipeline
        self._vocabulary = vocabulary

    @classmethod
    def load(cls, model_dir: Path) -> Entities:
        """Read it from `model_dir`. Raises `NotTrained`."""
        import spacy

        try:
            _marked(model_dir)
            words = json.loads((model_dir / FOLDER / WORDS).read_text("utf-8"))
            vocabulary = names.Vocabulary(frozenset(words["names"]), frozenset(words["common"]))
            return cls(spacy.load(model_dir / FOLDER), vocabulary)
        except (OSError, ValueError, KeyError) as error:
            raise NotTrained("no entity model", remedy="Run: careline train") from error

    def find(self, text: str) -> Iterator[Span]:
        """Names and addresses; not the names of clinicians with their title."""
        for entity in self._pipeline(text).ents:
            span = Span(entity.start_char, entity.end_char, KINDS[entity.label_])
            if span.kind is Kind.NAME:
                likely = names.is_likely(text, span, self._vocabulary)
                if likely and not names.is_clinician(text, span):
                    yield names.whole(text, span)
            elif places.is_plausible(text, span):
                yield span


def fingerprint(data_dir: Path) -> str:
    """Equal while a model made of these inputs would come out the same."""
    made_with = (FORMAT, SEED, ROUNDS, BATCH, DROPOUT, version("spacy"), MODEL)
    digest = hashlib.sha256(repr(made_with).encode())
    digest.update(Path(examples.__file__).read_bytes())
    folders = (data_dir / examples.FOLDER, data_dir / examples.QUESTIONS)
    for path in sorted(one for folder in folders for one in folder.glob("*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def entities_are_due(model_dir: Path, data_dir: Path) -> bool:
    """Whether the model is missing or older than its inputs."""
    try:
        return _marked(model_dir) != fingerprint(data_dir)
    except (OSError, ValueError, KeyError):
        return True


def train_entities(
    model_dir: Path, data_dir: Path, sizes: Sizes | None = None, rounds: int = ROUNDS
) -> None:
    """Make the model and put it in `model_dir`, in one step. About a minute on one core."""
    maker = Maker(data_dir, SEED)
    pipeline = fitted(maker.examples(sizes or Sizes()), rounds)
    model_dir.mkdir(parents=True, exist_ok=True)
    partial, place = model_dir / f"{FOLDER}.part", model_dir / FOLDER
    shutil.rmtree(partial, ignore_errors=True)
    pipeline.to_disk(partial)
    words = {"names": maker.known_names(), "common": maker.common_words()}
    (partial / WORDS).write_text(json.dumps(words, ensure_ascii=False) + "\n", "utf-8")
    mark = {"format": FORMAT, "fingerprint": fingerprint(data_dir)}
    (partial / MARK).write_text(json.dumps(mark, indent=2) + "\n", "utf-8")
    shutil.rmtree(place, ignore_errors=True)
    partial.rename(place)


def fitted(made: Sequence[Example], rounds: int) -> Any:
    """A pipeline fitted on these sentences. The same sentences give the same pipeline."""
    import spacy
    from spacy.training import Example as Lesson
    from spacy.util import compounding, fix_random_seed, minibatch

    fix_random_seed(SEED)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner", config={"model": MODEL})
    lessons = [_lesson(pipeline, Lesson, one) for one in made]
    optimizer = pipeline.initialize(lambda: lessons)
    order = random.Random(SEED)  # noqa: S311 - the order of lessons
    sizes = compounding(*BATCH)
    for _ in range(rounds):
        order.shuffle(lessons)
        for batch in minibatch(lessons, sizes):
            pipeline.update(batch, drop=DROPOUT, sgd=optimizer)
    return pipeline


def _lesson(pipeline: Any, lesson: Any, example: Example) -> Any:
    doc = pipeline.make_doc(example.text)
    spans = [
        doc.char_span(start, end, label=label, alignment_mode="expand")
        for start, end, label in example.entities
    ]
    right = [(span.start_char, span.end_char, span.label_) for span in spans if span is not None]
    return lesson.from_dict(doc, {"entities": right})


def _marked(model_dir: Path) -> str:
    mark = json.loads((model_dir / FOLDER / MARK).read_text("utf-8"))
    if mark["format"] != FORMAT:
        raise ValueError("another format")
    return str(mark["fingerprint"])
