"""The spaCy pipeline of the assistant: a tokenizer for two languages and one entity ruler.

It knows generic words only (national payers, plan products, money, dates, times, visit types);
what is true of one clinic stays in the clinic profile. The pipeline is committed as a directory
named after its content, because Rasa's training cache sees the name and nothing else:

    python -m bot.assistant.spacy_pipeline     # writes data/spacy/careline-<hash> and says it
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

HOME = Path("data/spacy")

Pattern = dict[str, Any]


def _words_of(text: str) -> list[str]:
    return text.split()


PAYERS = """
aetna | ambetter | amerigroup | anthem | blue cross | blue cross blue shield | blue shield |
bcbs | blue cross and blue shield | carefirst | centene | champva | chip | cigna |
cigna healthcare | emblemhealth | florida blue | geha | golden rule | health net | healthfirst |
highmark | humana | humana gold plus | kaiser | kaiser permanente | medi-cal | medi cal |
medical assistance | medicaid | medicare | medicare advantage | medigap | molina |
molina healthcare | oscar health | peachcare | premera | regence | tricare | tricare prime |
tricare select | tricare for life | umr | united | united healthcare | unitedhealthcare | uhc |
upmc | va health | veterans affairs | wellcare | wellpoint
"""
PLAN_TYPES = """
hmo | ppo | epo | pos | hdhp | high deductible plan | high deductible health plan | part a |
part b | part c | part d | parte a | parte b | parte c | parte d | plan de deducible alto
"""
VISIT_TYPES = """
annual physical | annual exam | physical | physical exam | sports physical | school physical |
checkup | check up | check-up | well child visit | wellness visit | annual wellness visit |
new patient visit | follow up | follow-up | follow up visit | blood work | lab draw | blood test |
flu shot | covid vaccine | covid shot | vaccine | vaccination | x-ray | x ray | xray |
ultrasound | mammogram | mri | ct scan | pap smear | prenatal visit | therapy appointment |
therapy | video visit | telehealth | phone visit | dental cleaning | colonoscopy | chequeo |
chequeo anual | examen físico | examen fisico | examen físico deportivo |
examen fisico deportivo | visita de bienestar | paciente nuevo | seguimiento |
análisis de sangre | analisis de sangre | examen de sangre | vacuna de la gripe |
vacuna del covid | vacuna | radiografía | radiografia | ultrasonido | mamograma | mamografía |
mamografia | resonancia | papanicolau | papanicolaou | visita prenatal | terapia | videollamada |
videoconsulta | cita por video | cita por teléfono | cita por telefono | limpieza dental |
colonoscopia
"""
WEEKDAYS = _words_of(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri "
    "lunes martes miércoles miercoles jueves viernes sábado sabado domingo"
)
MONTHS = _words_of(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept oct nov dec enero febrero marzo abril mayo junio julio "
    "agosto septiembre setiembre octubre noviembre diciembre"
)
DATES = """
today | tomorrow | tonight | day after tomorrow | this week | next week | this weekend |
next month | the weekend | asap | hoy | mañana | manana | pasado mañana | pasado manana |
esta semana | la próxima semana | la proxima semana | la semana que viene | este fin de semana |
el próximo mes | el proximo mes
"""
TIMES = """
noon | midday | in the morning | in the afternoon | in the evening | morning | mornings |
afternoon | afternoons | evening | evenings | after work | after school | mediodía | mediodia |
al mediodía | al mediodia | en la mañana | en la manana | por la mañana | por la manana |
en la tarde | por la tarde | en las tardes | en las mañanas | de la mañana | de la tarde
"""


def _phrases(text: str) -> list[str]:
    return sorted({phrase.strip() for phrase in text.replace("\n", " ").split("|")})


def _words(
    label: str, words: list[str], *before: Pattern, after: tuple[Pattern, ...] = ()
) -> dict[str, Any]:
    return {"label": label, "pattern": [*before, {"LOWER": {"IN": words}}, *after]}


def _dates() -> Iterator[dict[str, Any]]:
    day = {"TEXT": {"REGEX": r"^\d{1,2}(st|nd|rd|th)?$"}}
    which = ["next", "this", "coming", "el", "este", "próximo", "proximo"]
    yield _words("date", WEEKDAYS)
    yield _words("date", WEEKDAYS, {"LOWER": {"IN": which}})
    yield _words("date", MONTHS, after=(day,))
    yield _words("date", MONTHS, day, {"LOWER": "de"})
    yield {"label": "date", "pattern": [{"TEXT": {"REGEX": r"^\d{1,2}/\d{1,2}(/\d{2,4})?$"}}]}
    yield {
        "label": "date",
        "pattern": [{"LOWER": "the"}, {"LOWER": {"REGEX": r"^\d+(st|nd|rd|th)$"}}],
    }
    yield {"label": "date", "pattern": [{"LOWER": "el"}, {"LOWER": "día", "OP": "?"}, day]}


def _times() -> Iterator[dict[str, Any]]:
    half = {"LOWER": {"IN": ["am", "pm", "a.m.", "p.m.", "a.m", "p.m"]}}
    hour = {"TEXT": {"REGEX": r"^\d{1,2}(:\d{2})?$"}}
    yield {"label": "time", "pattern": [hour, half]}
    yield {"label": "time", "pattern": [{"LOWER": {"REGEX": r"^\d{1,2}(:\d{2})?(am|pm)$"}}]}
    yield {"label": "time", "pattern": [{"TEXT": {"REGEX": r"^\d{1,2}:\d{2}$"}}]}
    yield {"label": "time", "pattern": [{"LOWER": "a"}, {"LOWER": {"IN": ["la", "las"]}}, hour]}
    yield {"label": "time", "pattern": [{"LOWER": "at"}, hour, {**half, "OP": "?"}]}


def _money() -> Iterator[dict[str, Any]]:
    amount = {"TEXT": {"REGEX": r"^\d[\d,]*(\.\d{1,2})?$"}}
    unit = {"LOWER": {"IN": ["dollars", "dollar", "bucks", "usd", "dólares", "dolares", "dólar"]}}
    yield {"label": "money", "pattern": [{"TEXT": "$"}, amount]}
    yield {"label": "money", "pattern": [{"TEXT": {"REGEX": r"^\$\d[\d,]*(\.\d{1,2})?$"}}]}
    yield {"label": "money", "pattern": [amount, unit]}


def patterns() -> list[dict[str, Any]]:
    """Every pattern of the ruler, in a fixed order."""
    lists = {
        "payer": PAYERS,
        "plan_type": PLAN_TYPES,
        "visit_type": VISIT_TYPES,
        "date": DATES,
        "time": TIMES,
    }
    phrases = [
        {"label": label, "pattern": phrase}
        for label, text in lists.items()
        for phrase in _phrases(text)
    ]
    return [*phrases, *_dates(), *_times(), *_money()]


def build() -> Language:
    """The pipeline, ready to use."""
    nlp = spacy.blank("xx")
    nlp.meta["name"] = "careline"
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(patterns())
    return nlp


def digest(directory: Path) -> str:
    """Twelve hex digits that change when any file of the directory does."""
    found = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            name = path.relative_to(directory).as_posix()
            found.update(f"{name}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()[:12]


def write(home: Path = HOME) -> Path:
    """Builds the pipeline into `home/careline-<hash>`, takes older ones away, returns the path."""
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        fresh = Path(scratch) / "pipeline"
        build().to_disk(fresh)
        target = home / f"careline-{digest(fresh)}"
        for old in home.glob("careline-*"):
            shutil.rmtree(old)
        fresh.rename(target)
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{write().as_posix()}\n")
