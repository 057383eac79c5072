"""Whether an agent's draft asks for something that the case already holds.

A sentence asks for an item when it requests it ("could you give me ...", "necesito ...") right
before the item's name, or when it is a form of question that only asks for this item ("when were
you born"). A sentence that says what is known, checks it, or says that it is not needed asks for
nothing. Words are compared without case and accents, so that both languages share one grammar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.handoff.held import Item


@dataclass(frozen=True, slots=True)
class Again:
    """The draft asks for `item`; the case holds `value`."""

    item: Item
    value: str = field(repr=False)


# A request, up to the thing that is asked for.
_REQUEST = (
    r"(?:what(?:'s| is| are| was| were)?|which|name of|(?:can|could|may|might) (?:i|we) "
    r"(?:please )?(?:have|get|ask(?: for| you for)?|take|know|see)|"
    r"(?:can|could|would|will) you (?:please )?(?:tell|give|send|share|provide|type|write|remind|"
    r"let|confirm|verify|describe|explain|repeat)|(?:tell|give|let)(?= me| us)|"
    r"mind (?:tell|giv|shar|send)ing|(?:send|provide|share|type|leave|confirm|verify|enter|"
    r"describe|explain|repeat)"
    r"(?= me| us| your| a| the| which| what)|"
    r"(?:i|we)(?:'d|'ll| will| would| do| also| just| only| still)* "
    r"(?:need|require|like|want|ask for)|asking for|"
    r"cual(?:es)?(?: es| son| seria| era)?|que|a que|en que|con que|con cual|"
    r"(?:me|nos) (?:puede|podria|pudiera|puedes|podrias|da|dice|daria|indica|regala|comparte|"
    r"pasa|manda|envia|proporciona)|(?:puede|podria|pudiera|puedes) (?:dar|decir|indicar|compartir|"
    r"enviar|mandar|pasar|facilitar|proporcionar|"
    r"confirmar|verificar)(?:me|nos)?|(?:confirme|verifique|describa|explique|repita)(?:me|nos)?|"
    r"(?:diga|de|indique|comparta|envie|mande|pase|escriba|deje|proporcione|facilite|permita)"
    r"(?:me|nos)|(?:necesit|requer|ocup)(?:o|amos|aria|ariamos|imos|ire)|quisiera|quiero saber|"
    r"pido|pedirle|solicito|falta)"
)
# The thing alone, as a question of few words: "And your name?".
_BARE = (
    r"^(?:(?:and|also|ok|okay|thanks|y|gracias|bien),? )?(?:your |su |el |la )?{}(?:,? number)?"
    r"(?:,? (?:please|por favor))?$"
)
# What may stand between a request and the name of the thing.
_BETWEEN = (
    r"(?: (?:your|the|a|an|is|are|was|of|for|please|me|us|to|have|know|get|with|which|what|who|"
    r"date|birth|phone|email|insurance|full|first|last|legal|complete|current|primary|best|good|"
    r"exact|preferred|new|valid|working|"
    r"health|medical|dental|daytime|home|contact|name|kind|type|sort|number|and|"
    r"su|sus|el|la|los|las|un|una|de|del|es|son|por|favor|con|que|cual|dar|decir|indicar|"
    r"compartir|enviar|mandar|pasar|saber|y|fecha|nacimiento|telefono|correo|seguro|facilitar|"
    r"proporcionar|tambien|nombre|numero|"
    r"completo|mejor|actual|buen|tipo|clase|compania)){0,7} "
)
_THINGS: dict[Item, str] = {
    Item.NAME: (
        r"(?:name(?! of)(?! on)|surname|nombre(?: y apellidos?| completo)?(?! (?:de|del) "
        r"(?:su |la |el )?(?:seguro|plan|compania|aseguradora|doctor|medico))|apellidos?)"
    ),
    Item.BIRTH_DATE: r"(?:date of birth|birth ?da(?:te|y)|dob|(?:fecha|dia) de nacimiento)",
    Item.PHONE: (
        r"(?:(?:tele)?phone|cell(?:phone)?|mobile|call ?back|contact number|number "
        r"(?:to|where|at which|i can|we can)|telefono|celular|movil|numero (?:para|donde|al que))"
    ),
    Item.EMAIL: r"(?:e-?mail|correo)",
    Item.ADDRESS: r"(?:(?:(?:home|mailing|street|postal) )?address|direccion|domicilio)",
    Item.MEMBER_ID: (
        r"(?:member(?:ship)? (?:id|number)|(?:policy|subscriber|insurance) (?:id|number)|"
        r"(?:numero|id) de (?:miembro|poliza|afiliado|socio|asegurado))"
    ),
    Item.PAYER: (
        r"(?:insurance(?! (?:id|number|card|cover|pa[iy]|say))|insurer|health plan(?! (?:id|number|"
        r"cover|pa[iy]|say|ask|need|requir))|coverage|carrier|seguro(?! social)|aseguradora|"
        r"aseguranza|compania de seguros?|cobertura)"
    ),
    Item.PLAN_TYPE: r"(?:(?:kind|type|sort) of (?:health )?plan|(?:tipo|clase) de plan)",
    Item.VISIT_TYPE: (
        r"(?:(?:kind|type|sort) of (?:visit|appointment|exam|check ?up|service)|"
        r"reason (?:for|of) (?:your|the|this) (?:visit|appointment)|"
        r"(?:tipo|clase) de (?:cita|visita|consulta|examen|servicio)|"
        r"motivo de (?:la|su) (?:cita|visita|consulta))"
    ),
    Item.SITE: (
        r"(?:(?:of )?(?:our )?(?:offices?|clinics?|locations?|sites?)|(?:de )?(?:nuestr[ao]s |las |"
        r"los )?(?:clinicas?|oficinas?|sedes?|consultorios?|sucursal(?:es)?|ubicacion(?:es)?))"
        r"(?! (?:hours|phone|number|address|cerr|abr|open|clos))"
    ),
    Item.LANGUAGE: r"(?:language|idioma|lengua)",
    Item.QUESTION: (
        r"(?:question|problem|issue|concern|pregunta|duda|inquietud|problema|(?<=su )consulta)"
    ),
}
_WISH = (
    r"(?:works?|best|better|prefer|like|want|wish|suits?|good|available|convenient|come|free|"
    r"conviene|prefiere|gustaria|quiere|puede|bien|sirve|queda|venir|acomoda|desea|disponible)"
)
# Questions that ask for one item whatever else they say.
_FORMS: dict[Item, str] = {
    Item.NAME: (
        r"who (?:am i|are we) (?:speak|talk|chatt|writ)ing|who is this|(?:what|how) (?:should|may|"
        r"can) (?:i|we) (?:call|address) you|con quien (?:tengo|hablo|estoy|converso|me comunico)|"
        r"como se llama(?: usted)?$|quien (?:habla|me escribe|escribe)|a nombre de quien"
    ),
    Item.BIRTH_DATE: r"when (?:were|was) (?:you|the patient) born|(?:cuando|fecha|dia|ano) nacio",
    Item.PHONE: (
        r"(?:how|where|when and where) (?:can|should|do|may) (?:i|we|somebody|someone|billing) "
        r"(?:call|reach|phone|ring|contact) you|(?:what|which) number (?:should|can|do|may|would)|"
        r"(?:a|en) que numero|donde (?:la|lo|le) "
        r"(?:puedo|podemos|llamo|llamamos|localizamos|localizo)"
    ),
    Item.EMAIL: r"where (?:should|can|do|shall) (?:i|we) e-?mail|a (?:que|cual) correo",
    Item.PAYER: (
        r"who(?:'s| is| are)? (?:your |you )?(?:health |medical )?(?:insurance|plan|coverage|"
        r"insured|covered)\b.*\b(?:with|by|through|from)|how are you (?:insured|covered)|"
        r"do you have "
        r"(?:any |health |medical )*insurance|(?:con|por) (?:quien|que|cual)\b.*\basegurad|"
        r"(?:tiene|cuenta con) (?:usted )?(?:algun )?seguro|"
        r"(?:what|which) (?:health )?plan (?:do|are|is|did) you|what your (?:health )?plan is|"
        r"que plan (?:de salud )?tiene|cual es su plan"
    ),
    Item.PLAN_TYPE: r"(?:hmo|ppo|epo|pos),? (?:or|o|u)(?: an?| un)? (?:hmo|ppo|epo|pos)\b",
    Item.VISIT_TYPE: (
        r"what(?:'s| is| would| will) (?:the|this|your) (?:visit|appointment) "
        r"(?:be )?(?:for|about)|"
        r"what (?:do you need|would you like|are you coming|do you want) (?:to be seen|"
        r"(?:an|the) appointment|in|to come in) for|"
        r"para que (?:es|seria|necesita|quiere) (?:la|su|una) (?:cita|visita|consulta)"
    ),
    Item.DATE: (
        rf"(?:what|which) (?:other )?(?:days?|dates?)\b.*\b{_WISH}|"
        rf"when (?:would|can|could|do|works?)\b.*\b(?:come|visit|seen|appointment|you|best)|"
        rf"(?:que|cual|cuales) (?:dias?|fechas?)\b.*\b{_WISH}|"
        r"cuando (?:quiere|puede|le gustaria|prefiere|le conviene|desea)"
    ),
    Item.TIME: (
        rf"(?:good|best|better) time|what time\b.*\b{_WISH}|what time of (?:the )?day|"
        rf"(?:morning|afternoon)s?,? or (?:in the |the )?(?:morning|afternoon|evening)s?|(?:que|"
        rf"cual) hora(?:rio)?\b.*\b{_WISH}|"
        r"manana,? o (?:por la |en la |a la |de la )?tarde|tarde,? o (?:por la |en la )?manana"
    ),
    Item.SITE: r"where would you like to (?:be seen|come|go)|(?:a donde|donde) (?:quiere|prefiere)",
    Item.LANGUAGE: r"english or (?:in )?spanish|espanol o (?:en )?ingles|ingles o (?:en )?espanol",
    Item.QUESTION: (
        r"(?:how|what) (?:can|may|could|might) (?:i|we) (?:help|assist|do for|be of)|"
        r"(?:en que|como) (?:le|la|lo|les|te)? ?(?:puedo|podemos|podria) (?:ayudar|servir|asistir)|"
        r"en que (?:puedo|podemos) (?:ayudar|servir)|what (?:do|did|would) you (?:need|want|like) "
        r"(?:help|to ask|to know)|what (?:seems to be|happened|brings you)|que se le ofrece|"
        r"(?:en )?que necesita (?:usted)?$|cuenteme (?:que|cual)"
    ),
}
# A sentence with one of these says what is known, checks it, or asks for nothing.
_KNOWN = re.compile(
    r"\byou(?:'ve| have)? (?:already |just )?(?:told|gave|said|given|mentioned|wrote|shared|sent)\b"
    r"|\bi (?:can )?see (?:that )?you|\bjust to (?:confirm|be sure|check)|\bpara confirmar|"
    r"\bstill (?:right|correct|the same|good|true|have)|\b(?:is that|that's|is this) (?:right|"
    r"correct)|, (?:right|correct)\b|"
    r"\bno need\b|\b(?:do not|don't|won't|needn't|didn't) (?:need|have to|ask)|\bnot necessary\b|"
    r"\balready have\b|\b(?:nos|me) (?:dijo|dio|indico|conto|escribio|menciono|compartio)\b|"
    r"\bveo que\b|\b(?:ya )(?:tengo|tenemos|veo)\b|\bsigue siendo\b|\b(?:es )?correcto\b|"
    r"\bno (?:hace falta|necesit|es necesari|tiene que|hay que)|\bverdad\b|"
    r"\banything else\b|\balgo mas\b|\botr[ao] (?:pregunta|duda|consulta)\b|"
    r"\b(?:any )?(?:other|more|further) (?:questions?|concerns?)"
)
_OR = re.compile(r"\b(?:or|o|u)\b")
_SENTENCE = re.compile(r"[^.?!\n¿¡;:]+")


def asked_again(draft: str, held: Mapping[Item, str]) -> list[Again]:
    """Everything the draft asks for although it is held, in the order of `Item`."""
    sentences = [one.strip() for one in _SENTENCE.findall(_plain(draft)) if one.strip()]
    return [
        Again(item, held[item])
        for item in Item
        if item in held and any(_asks(one, item, held[item]) for one in sentences)
    ]


def _asks(sentence: str, item: Item, value: str) -> bool:
    if _KNOWN.search(sentence) or not _pattern(item).search(sentence):
        return False
    # Who names the value checks it, unless it is one of the choices that are offered.
    return _plain(value) not in sentence or bool(_OR.search(sentence))


@cache
def _pattern(item: Item) -> re.Pattern[str]:
    ways = []
    if item in _THINGS:
        ways.append(rf"\b{_REQUEST}{_BETWEEN}{_THINGS[item]}\b")
        ways.append(_BARE.format(_THINGS[item]))
    if item in _FORMS:
        ways.append(rf"\b(?:{_FORMS[item]})")
    return re.compile("|".join(ways))


def _plain(text: str) -> str:
    """Small letters without accents or commas, `don't` with a straight apostrophe."""
    bare = unicodedata.normalize(
        "NFD", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return re.sub(r"[^\S\n]+", " ", letters)
