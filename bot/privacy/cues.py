"""The words beside a number that say what it is, in English and Spanish.

Patients mix languages, so both are always read. Of several cues the nearest counts; `NOTHING`
names numbers that identify nobody, such as procedure codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from bot.privacy.spans import Kind


class Other(Enum):
    """What a number may be that is none of the kinds: anything at all, or nobody's."""

    NUMBER = "number"
    NOTHING = "nothing"


NUMBER: Final = Other.NUMBER
NOTHING: Final = Other.NOTHING
Meaning = Kind | Other
NO = r"(?:\s*(?:numbers?|numero|número|nums?\b\.?|núm\b\.?|nro\b\.?|no\.|nbr|\#|id\b))"
WINDOW = 60
AFTER = 44

CUES: dict[Meaning, str] = {
    Kind.CVV: r"""
        cvv2? | cvc2? | cv2 | (?:card\s+)?security\s+(?:code|number) | csc
        | (?:3|4|three|four)[\s-]*digit\s+(?:code|number) | (?:3|4|three|four)\s+(?:digits|numbers)
        | (?:code|digits|numbers?)\s+(?:on|from|in)\s+(?:the\s+)?back
        | c[oó]digo\s+de\s+(?:seguridad|atr[aá]s) | c[oó]digo\s+de\s+(?:3|tres)\s+d[ií]gitos
        | (?:3|4|tres|cuatro)\s+(?:n[uú]meros|d[ií]gitos|numeritos) | n[uú]meros\s+de\s+atr[aá]s""",
    Kind.SSN: rf"""
        social\s+security{NO}? | soc\.?\s+sec\.?{NO}? | s\.?s\.?n\.? | ss\s?\# | ss\s+number
        | (?:my|his|her|their|your)\s+(?:full\s+)?soci?al(?:\s+is)?{NO}? | social{NO}
        | of\s+(?:my|his|her|the)\s+social | social\s*[:=] | social
        | itin | i\.t\.i\.n\.? | taxpayer{NO}
        | (?:n[uú]mero\s+de(?:l)?\s+)?segur[oi](?:dad)?\s+social{NO}? | n\.?s\.?s\.? | (?:mi
        |su)\s+social""",
    Kind.MRN: rf"""
        m\.?r\.?n\.?(?:{NO})? | med(?:ical)?\.?\s+rec(?:ord)?s?{NO}? | (?:health\s+)?record{NO}
        | chart(?:{NO})? | (?:patient|pt\.?|pat\.?){NO} | patient\s+(?:account|acct){NO}?
        | expediente(?:\s+(?:m[eé]dico|cl[ií]nico))?{NO}? | historia\s+(?:cl[ií]nica|m[eé]dica){NO}?
        | historial(?:\s+(?:cl[ií]nico|m[eé]dico))?{NO}? | registro\s+m[eé]dico{NO}?
        | (?:n[uú]mero|id|\#)\s+de(?:l)?\s+paciente | paciente{NO}
        | r[eé]cord(?:\s+m[eé]dico)?{NO}?""",
    Kind.MEMBER_ID: rf"""
        (?:member|memeber|membr|subscriber|policy|insurance|enrollee|beneficiary|plan|group|grp
        |medicaid|medicare|medi-?cal|chip|tricare|health\s+card|insured|recipient|client|family
        |dependent|carrier|payer|coverage|dod){NO}
        | {NO}\s+(?:on|from|of)\s+(?:my|the|his|her)\s+(?:insurance|health|medicaid|medicare
        |member)\s*card
        | insurance\s+card(?:{NO})? | member\s*ship(?:{NO})? | member(?:\s+id)? | policy
        | subscriber
        | mbi | hicn | rx\s?bin | rx\s?pcn | rx\s?grp | rxgroup | group | id\s+card(?:{NO})?
        | (?:n[uú]mero|id|identificaci[oó]n|\#|clave)\s+de(?:l)?\s+(?:miembro|afiliad[oa]
        |asegurad[oa]|p[oó]liza
        |beneficiari[oa]|suscriptora?|seguro(?!\s+social)|aseguranza|plan|grupo|membres[ií]a
        |medicaid|medicare|tarjeta\s+m[eé]dica)
        | p[oó]liza{NO}? | miembro{NO}? | afiliaci[oó]n | afiliad[oa] | membres[ií]a
        | beneficiari[oa]{NO}?
        | tarjeta\s+de(?:l)?\s+(?:seguro|aseguranza|plan) | (?:seguro|aseguranza|grupo|medicaid
        |medicare){NO}
        | (?:my|mi|su|her|his|the|el|member)\s+id | i\.?d\.?{NO} | id\s*[:=#] | id\s+(?:is|es)
        | identificaci[oó]n""",
    Kind.ACCOUNT: rf"""
        (?:account|acct|acc|bank|billing|statement|invoice|bill|guarantor|claim|reference|ref
        |confirmation
        |case|ticket|order|routing|aba|tracking|auth(?:orization)?|prior\s+auth(?:orization)?|pa
        |referral
        |encounter|visit|receipt|check|transaction|payment|collection|file|dispute|rx|prescription
        |appointment|loan|customer|checking|savings){NO}
        | account | acct | a/c | iban | routing | claim | invoice | guarantor | confirmation
        | user\s?(?:name|id) | log\s?in(?:\s+(?:name|id))? | portal\s+id
        | (?:n[uú]mero|\#|folio)\s+de(?:l)?\s+(?:la\s+)?(?:cuenta|factura|recibo|caso|reclamo
        |reclamaci[oó]n
        |referencia|confirmaci[oó]n|autorizaci[oó]n|ruta|cliente|garante|orden|cheque|cita|receta
        |estado)
        | (?:cuenta|factura|recibo|caso|reclamo|reclamaci[oó]n|referencia|confirmaci[oó]n
        |autorizaci[oó]n){NO}?
        | cuenta\s+(?:de\s+)?(?:banco|bancaria|cheques|ahorros) | folio | ruta
        | (?:nombre\s+de\s+)?usuario | garante""",
    Kind.LICENSE: rf"""
        driv(?:er|ing)(?:'?s)?\s+li[sc]en[sc]e{NO}? | drivers?\s+lic\.?{NO}? | dl{NO}
        | state\s+id{NO}?
        | licen[sc]e{NO}? | passport(?:{NO})? | green\s*card{NO}? | alien{NO} | a-?number
        | uscis{NO}
        | (?:n[uú]mero\s+de\s+)?licencia(?:\s+de\s+(?:conducir|manejo|manejar))?{NO}?
        | pasaporte{NO}?
        | curp | matr[ií]cula\s+consular{NO}? | dni | c[eé]dula{NO}? | residencia{NO}""",
    Kind.VEHICLE: rf"""
        (?:licen[sc]e\s+)?plates?{NO}? | tags?{NO} | vin{NO}? | placas?{NO}? | matr[ií]cula{NO}?
        | tablilla{NO}?""",
    Kind.PHONE: rf"""
        (?:tele)?phone{NO}? | ph\s*[:#] | cell(?:ular|phone)?{NO}? | mobile{NO}? | home{NO}
        | work{NO}
        | contact{NO} | tel\b\.? | fax{NO}? | call(?:ed)?(?:\s+(?:me|us|him|her|back|my\s+\w+))*
        | text(?:\s+(?:me|us|him|her))* | reach(?:ed)?\s+(?:me|us|him|her) | whats\s?app | voicemail
        | dial(?:ed)? | tel[eé]fono{NO}? | cel(?:ular)?{NO}? | m[oó]vil{NO}? | ll[aá]m[ae]\w*
        | ll[aá]men\w*
        | marque\w* | marc[aá]\w* | mensaje | recado | comunicarse | (?:my|mi)\s+(?:number|numero
        |número)
        | n[uú]mero\s+de\s+(?:contacto|casa|celular|tel[eé]fono)""",
    Kind.DOB: r"""
        d\.?\s?o\.?\s?b\.? | date\s+of\s+birth | birth\s?-?date | birth\s?-?day | b-?day | born
        | birth
        | fecha\s+(?:de\s+)?nac(?:imiento|\.)? | f\.?\s?de\s?n(?:ac)?\.? | f\.?d\.?n\.?
        | fec\.?\s+nac\.?
        | nac[ií] | naci[oó] | nacid[oa]s? | nacimiento | nacieron | cumplea(?:ñ|n|ni)os
        | cumpl[eo]s? | turn(?:s|ed|ing)?\s+\d{1,2}""",
    NUMBER: r"""numbers? | n[uú]mero | num\.? | nro\.? | no\.""",
    NOTHING: r"""
        cpt(?:\s+codes?)? | hcpcs | icd(?:-?\s?(?:9|10))? | drg | ndc | npi | ein | tin\b | tax\s+id
        | (?:diagnosis|procedure|billing|denial|reason|remark|modifier|dx|revenue)\s+codes? | codes?
        | c[oó]digos?(?:\s+(?:de\s+)?(?:diagn[oó]stico|procedimiento|facturaci[oó]n))? | forms?
        | forma | formulario
        | room | suite | ste | floor | building | bldg | unit | door | gate | step | part
        | level | tier
        | chapter | section | rule | page | version | highway | route | exit | box | bus | line
        | stop
        | cuarto | piso | puerta | salida | parada | secci[oó]n | p[aá]gina | regla | paso
        | appointments? | appts? | visits? | seen | service | cita | consulta | visita | servicio
        | since | until | effective | desde | hasta | expir\w+ | due | renew\w+ | venc\w+
        | scheduled
        | form\s+no\. | owed? | owes? | pay | paid | charged? | cost | debo | pagu[eé]
        | cobraron | cuesta""",
}
CONNECTOR = re.compile(
    r"""(?:[\s:=#\-–—.,()"'*/?>]|\b(?:is|its|it's|was|are|as|the|that|that's|numbers?|num|no|nr
        |id|ids
    |ending|ends|in|with|which|i\ think|my|here|goes|es|son|era|el|la|del|de|n[uú]mero|n[uú]m|al|lo
    |mi|su|termina|terminan|en|con|que|dice|says?|reads?|shows?|like|for|me|him|her|them|us|at|on|to
    |digits?|d[ií]gitos?|please|pls|por|favor|es:|starts|empieza|both|new|old|nuevo|nueva)\b)*""",
    re.IGNORECASE | re.VERBOSE,
)
# Backwards: "12345 is my MRN", "12345 (member id)".
BACK = re.compile(
    r"""\s*(?:[(\[,:–—-]\s*)?(?:(?:is|was|'s|es|era|as|como)\s+)?
    (?:(?:my|mi|the|el|la|his|her|su|our|your|their|that's|thats|eso|that|is|es
        |insurance)\s+){0,3}""",
    re.IGNORECASE | re.VERBOSE,
)
STOP = re.compile(
    r"[!?;\n]|\.\s|\.$|,\s*(?:but|and|pero|y)\b|\b(?:but|pero|because|porque)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Cue:
    """What the words near a number say it is. `near`: nothing but filler stands between."""

    meaning: Meaning
    near: bool
    before: bool = True
    explicit: bool = False


@cache
def _cues() -> re.Pattern[str]:
    parts = [f"(?P<g{at}>{words})" for at, words in enumerate(CUES.values())]
    return re.compile(rf"(?<![\w])(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE | re.VERBOSE)


def _meaning(found: re.Match[str]) -> Meaning:
    return list(CUES)[int((found.lastgroup or "g0")[1:])]


def cue_of(text: str, start: int, end: int, floor: int = 0) -> Cue | None:
    """The cue nearest to `text[start:end]`; words before `floor` belong to another number."""
    left = text[max(floor, start - WINDOW) : start]
    before = _last(left)
    if before:
        gap = left[before.end() :]
        near = CONNECTOR.fullmatch(gap) is not None
        if near or not STOP.search(gap):
            after = _behind(text, end)
            if near or after is None:
                explicit = re.search(r"(?:#|number|n[uú]mero|\bid|no\.)\W*$", before[0], re.I)
                return Cue(_meaning(before), near, explicit=explicit is not None)
            return after
    return _behind(text, end)


def _last(left: str) -> re.Match[str] | None:
    every = list(_cues().finditer(left))
    return every[-1] if every else None


def _behind(text: str, end: int) -> Cue | None:
    opening = BACK.match(text, end)
    at = opening.end() if opening else end
    found = _cues().match(text, at, min(len(text), end + AFTER))
    if not found or at == end or _meaning(found) is NOTHING:
        return None
    return Cue(_meaning(found), near=True, before=False)
