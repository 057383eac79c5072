"""Content of any size for the bench: articles that differ in subject, as a large clinic's would.

A subject is a service in a situation under a plan; ten ways of asking in each language give its
variants. Everything is composed, so that the same size gives the same content.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from bot.knowledge.content import Article, Content, Published, Words

SERVICES = (
    ("blood test", "análisis de sangre"),
    ("chest X-ray", "radiografía de tórax"),
    ("knee MRI", "resonancia de rodilla"),
    ("flu shot", "vacuna contra la gripe"),
    ("eye exam", "examen de la vista"),
    ("hearing aid", "aparato para oír"),
    ("root canal", "tratamiento de conducto"),
    ("physical therapy", "terapia física"),
    ("sleep study", "estudio del sueño"),
    ("allergy test", "prueba de alergia"),
    ("colonoscopy", "colonoscopía"),
    ("mammogram", "mamografía"),
    ("heart monitor", "monitor del corazón"),
    ("insulin pump", "bomba de insulina"),
    ("wheelchair", "silla de ruedas"),
    ("skin biopsy", "biopsia de piel"),
    ("video visit", "visita por video"),
    ("sports physical", "examen deportivo"),
    ("prenatal class", "clase prenatal"),
    ("nutrition visit", "consulta de nutrición"),
)
SITUATIONS = (
    ("for a newborn", "para un recién nacido"),
    ("for a teenager", "para un adolescente"),
    ("for a grandparent", "para un abuelo"),
    ("after a car accident", "después de un choque"),
    ("after an injury at work", "después de una lesión en el trabajo"),
    ("while traveling", "durante un viaje"),
    ("in another state", "en otro estado"),
    ("on a weekend", "en fin de semana"),
    ("on a holiday", "en día feriado"),
    ("at the north office", "en la oficina norte"),
    ("at the downtown office", "en la oficina del centro"),
    ("without a referral", "sin un referido"),
    ("without insurance", "sin seguro"),
    ("with two plans", "con dos planes"),
    ("before the deductible", "antes del deducible"),
    ("when it was denied", "cuando lo negaron"),
    ("when the bill is wrong", "cuando la factura está mal"),
    ("when I changed jobs", "cuando cambié de trabajo"),
    ("when I moved", "cuando me mudé"),
    ("during pregnancy", "durante el embarazo"),
    ("for a student", "para un estudiante"),
    ("for a veteran", "para un veterano"),
    ("with an interpreter", "con un intérprete"),
    ("with a ride home", "con transporte a casa"),
    ("for a second time", "por segunda vez"),
)
PLANS = (
    *("Alder Bronze", "Birch Silver", "Cedar Gold", "Dogwood HMO", "Elm PPO"),
    *("Fir Medicare", "Ginkgo Medicaid", "Hazel Student", "Ivy Union", "Juniper Family"),
)
WAYS = {
    "en": (
        "How much is a {service} {situation} on {plan}?",
        "does {plan} pay for a {service} {situation}",
        "I need a {service} {situation}, my plan is {plan}",
        "can I book a {service} {situation} if I have {plan}",
        "what do I bring to a {service} {situation} under {plan}",
        "who do I call about a {service} {situation} with {plan}",
        "how long is the wait for a {service} {situation}, {plan} here",
        "got a letter from {plan} about my {service} {situation}",
        "why was I charged for a {service} {situation} with {plan}",
        "is there a form for a {service} {situation} on the {plan} plan",
    ),
    "es": (
        "¿Cuánto cuesta un servicio de {service} {situation} con {plan}?",
        "{plan} paga {service} {situation}",
        "necesito {service} {situation}, mi plan es {plan}",
        "puedo pedir cita de {service} {situation} si tengo {plan}",
        "qué llevo para {service} {situation} con {plan}",
        "a quién llamo por {service} {situation} con {plan}",
        "cuánto hay que esperar para {service} {situation}, tengo {plan}",
        "me llegó una carta de {plan} sobre {service} {situation}",
        "por qué me cobraron {service} {situation} con {plan}",
        "hay un formulario para {service} {situation} con el plan {plan}",
    ),
}
ASKED = {
    "en": "hi so they told me to get a {service} {situation} and im on {plan}, what now??",
    "es": "hola me mandaron hacer {service} {situation} y tengo {plan}, qué hago ahora",
}
LEADS = {
    "en": "Here is what to know about a {service} {situation} under {plan}. Call us to set it up.",
    "es": "Esto es lo que hay que saber de {service} {situation} con {plan}. Llámenos.",
}
MOST = len(SERVICES) * len(SITUATIONS) * len(PLANS)


def content(base: Content, articles: int, variants: int) -> Content:
    """`base` with made-up articles in place of its own. Raises `ValueError` above `MOST`."""
    if articles > MOST or variants > len(WAYS["en"]):
        raise ValueError(f"at most {MOST} articles with {len(WAYS['en'])} variants")
    made = (_article(at, parts, variants) for at, parts in enumerate(_subjects(articles)))
    return replace(base, articles=tuple(made))


def questions(articles: int, count: int) -> list[tuple[str, str]]:
    """Language and words of questions about some of these articles, in other words than theirs."""
    step = max(articles // count, 1)
    chosen = itertools.islice(_subjects(articles), 0, articles, step)
    languages = itertools.cycle(ASKED)
    asked = ((language, _fill(ASKED[language], parts, language)) for parts, language in
             zip(chosen, languages, strict=False))  # fmt: skip
    return list(itertools.islice(asked, count))


def _subjects(count: int) -> Iterator[tuple[tuple[str, str], tuple[str, str], str]]:
    every = itertools.product(SERVICES, SITUATIONS, PLANS)
    # Spread over all services also where only a few subjects are wanted.
    ordered = sorted(enumerate(every), key=lambda one: one[0] * 2_654_435_761 % 2**32)
    return (parts for _, parts in ordered[:count])


def _article(
    at: int, parts: tuple[tuple[str, str], tuple[str, str], str], variants: int
) -> Article:
    slug = f"made-up-{at:05}"
    versions = {
        language: Published(
            -(2 * at + offset + 1),
            language,
            Words(
                title=_fill(ways[0], parts, language),
                lead=_fill(LEADS[language], parts, language),
                more=None,
                variants=tuple(_fill(way, parts, language) for way in ways[:variants]),
                golden=(),
                sources=(),
                verified_on=None,
                expires_on=None,
                reviewed_by="bench",
            ),
        )
        for offset, (language, ways) in enumerate(WAYS.items())
    }
    return Article(slug, "coverage", (f"made.{at:05}",), versions=versions)


def _fill(words: str, parts: tuple[tuple[str, str], tuple[str, str], str], language: str) -> str:
    (service, situation, plan), place = parts, 0 if language == "en" else 1
    return words.format(service=service[place], situation=situation[place], plan=plan)
