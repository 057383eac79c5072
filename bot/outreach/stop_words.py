"""The words by which patients take consent back, as patterns over folded clauses.

A clause is lower case without accents or apostrophes, and without courtesies at its ends. `$` is
therefore the end of what is said: "stop calling me" counts, "stop calling me at work" does not.
"""

from __future__ import annotations

import re

_NOUNS_EN = (
    r"(?:(?:text|phone|e ?mail|reminder|voice|sms)s? )?"
    r"(?:texts?|messages?|msgs?|e ?mails?|mails?|calls?|reminders?|notifications?|alerts?|sms|"
    r"newsletters?|texting|calling|emailing|messaging)"
)
_NOUNS_ES = (
    r"(?:mensaj(?:es?|itos?)|textos?|correos?|e ?mails?|recordatorios?|llamadas?|avisos?|"
    r"notificaciones|sms|whatsapps?)"
)
_FILL_EN = r"(?:(?:all|any|the|these|those|this|your|of|so|many|more|with|me|us|sending|further) )*"
_FILL_ES = r"(?:(?:mas|sus|su|los|las|la|el|estos|esos|esas|tantos|tantas|ningun|nada de|todos) )*"
_VERBS_EN = r"(?:text|message|msg|e ?mail|call|phone|contact|spam|bother|write(?: to)?|ring)"
_DOING_EN = (
    r"(?:texting|messaging|msging|e ?mailing|calling|phoning|contacting|spamming|bothering|"
    r"writing(?: to)?|ringing)"
)
_ME = (
    r"(?:me|us|here|(?:at |on )?(?:this|my) (?:number|phone|cell|mobile|cell ?phone|house|home|"
    r"e ?mail|line))"
)
_FROM_US = r"(?: from (?:you|yall|you guys|you all|the clinic|your (?:office|clinic)|this number))"
_TO_ME = r"(?: (?:to|on|at) (?:me|(?:this|my) (?:number|phone|cell|e ?mail)))"
_TAIL_EN = rf"(?:{_FROM_US}|{_TO_ME})*$"
_MINE_EN = (
    r"my (?:phone|cell|mobile|e ?mail|number|contact|"
    r"(?:phone|cell|mobile) number|e ?mail address|contact info)"
)
_LIST_EN = (
    r"(?:(?:your|the|this|that|any|all|these|those|of|contact|call|calling|text|texting|mailing|"
    r"e ?mail|phone|message|reminder) )*(?:lists?|texts?|messages?|e ?mails?|calls?|reminders?|"
    r"contacts?|system|database)"
)
_ES_STEM = r"(?:mand|envi|escrib|llam|llegu|marqu|contact|molest|texte|habl|busqu)"
_ES_DO = (
    r"(?:(?:mand|envi|llam|llegu|marqu|contact|molest|texte|habl|busqu)(?:en?|es|eis)|"
    r"escriba[ns]?)"
)
_ES_TO = r"(?:mandar|enviar|escribir|llamar|marcar|contactar|molestar|textear|hablar)(?:me|nos|le)?"
_ES_HERE = (
    r"(?: (?:a|al|en|por) (?:este|mi|ese|el)? ?(?:numero|celular|cel|telefono|correo|email|casa|"
    r"mensaje|texto))?"
)
_LIST_ES = (
    r"(?:(?:la|las|su|sus|esa|esta|los|el|de) )*(?:listas?|contactos?|sistema|base de datos|"
    rf"registros?|{_NOUNS_ES})"
)
_MINE_ES = r"mi (?:numero|telefono|celular|cel|correo|email|nombre|contacto|direccion de correo)"

_ENGLISH = (
    # Stop the messages; stop messaging me.
    rf"\b(?:stop|quit|cease|end|discontinue|cancel|halt|turn off) {_FILL_EN}{_NOUNS_EN}{_TAIL_EN}",
    rf"\b(?:stop|quit|cease) {_DOING_EN}(?: {_ME}| (?:this|my) \w+ (?:number|phone))?$",
    rf"\b(?:stop|quit|cease) {_DOING_EN} {_ME} (?:and|but)\b",
    rf"\b(?:stop|quit) (?:getting|receiving) {_FILL_EN}{_NOUNS_EN}{_TAIL_EN}",
    r"\b(?:stop|quit) sending (?:me|us)(?: (?:stuff|things|anything|this))?$",
    # Do not message me, said to us: at the begin of what is said.
    rf"^(?:(?:just|and|so|again|i said|kindly|wrong number) )*(?:do not|dont|never|no need to) "
    rf"(?:ever |you )?{_VERBS_EN} {_ME}$",
    rf"\b(?:asked|told|want|need|like|prefer|wish) (?:that )?(?:you|yall|them)(?: guys| all)? "
    rf"(?:not to|to not|to stop|to quit) (?:{_VERBS_EN}|{_DOING_EN})(?: {_ME})?$",
    # I want none of it.
    rf"\b(?:do not|dont|no longer|never) (?:want|wish|need|care) "
    rf"(?:to )?(?:receive |get |be sent |have |see )?{_FILL_EN}{_NOUNS_EN}{_TAIL_EN}",
    r"\b(?:do not|dont|no longer|never) (?:want|wish|care|like) (?:to be|being) "
    r"(?:contacted|called|texted|messaged|e ?mailed)(?: by (?:you|text|phone|e ?mail))*$",
    r"\b(?:do not|dont|no longer) (?:want|wish) to hear from you$",
    rf"^(?:no|zero) (?:more|further) {_FILL_EN}{_NOUNS_EN}{_TAIL_EN}",
    # Off the list.
    rf"\b(?:take|remove|get|drop|delete|pull|scratch|cross|erase) (?:me|us|{_MINE_EN}) "
    rf"(?:off|from|out)(?: of)? {_LIST_EN}$",
    rf"\b(?:delete|erase|remove|forget|lose) {_MINE_EN}$",
    # Opting out and taking consent back.
    rf"\bunsubscribe(?: me| us)?(?: from {_FILL_EN}(?:{_NOUNS_EN}|lists?|it|this|everything))?$",
    rf"\bopt(?:ing|ed)? (?:me |us )?out(?: of {_FILL_EN}(?:{_NOUNS_EN}|lists?))?$",
    rf"\b(?:revoke|withdraw|cancel|take back|taking back) (?:my |the )?(?:consent|permission|ok)"
    rf"(?: (?:to|for) (?:you to )?(?:be )?{_FILL_EN}(?:{_NOUNS_EN}|{_VERBS_EN}|contacted|called)"
    rf"(?: {_ME})?)?$",
)
_SPANISH = (
    # No me manden mensajes; dejen de llamarme.
    rf"\bno (?:me|nos|le|les)? ?(?:esten? |vayan a )?{_ES_DO} ?{_FILL_ES}{_NOUNS_ES}{_ES_HERE}$",
    rf"\bno (?:me|nos) {_ES_DO}(?: nada)?{_ES_HERE}$",
    rf"\b(?:ya|nunca) (?:me |nos )?no (?:me |nos )?{_ES_DO}{_ES_HERE}$",
    rf"\bya no {_ES_DO}{_ES_HERE}$",
    rf"\bno (?:me |nos )?(?:esten?|anden?) (?:mandando|enviando|llamando|escribiendo|molestando)"
    rf"(?:me|nos)?(?: {_FILL_ES}{_NOUNS_ES})?{_ES_HERE}$",
    rf"\bno (?:me |nos )?vuelvan? a {_ES_TO}(?: {_FILL_ES}{_NOUNS_ES})?{_ES_HERE}$",
    rf"(?<!no )\b(?:dejen?|deja|paren?|pare|basta|parar|dejar) (?:ya )?(?:de|con) "
    rf"(?:{_ES_TO} )?{_FILL_ES}{_NOUNS_ES}{_ES_HERE}$",
    rf"(?<!no )\b(?:dejen?|deja|paren?|pare) (?:ya )?de {_ES_TO}{_ES_HERE}$",
    rf"\b(?:dejar|dejo|deje) de recibir {_FILL_ES}{_NOUNS_ES}(?: de ustedes| suyos)?$",
    # No quiero más.
    rf"\bno (?:quiero|deseo|quisiera|necesito) (?:recibir |ver |tener )?{_FILL_ES}{_NOUNS_ES}"
    r"(?: de ustedes| suy[oa]s)?$",
    rf"\b(?:no (?:quiero|deseo)|para) que (?:ya )?(?:no )?me {_ES_STEM}\w*"
    rf"(?: {_FILL_ES}{_NOUNS_ES})?{_ES_HERE}$",
    rf"^(?:ya )?no mas {_FILL_ES}{_NOUNS_ES}{_ES_HERE}$",
    # Fuera de la lista.
    r"\b(?:quiten?|saquen?|borren?|eliminen?|quita|saca|borra)(?:me|nos) "
    rf"(?:ya )?de {_LIST_ES}$",
    r"\bme (?:pueden?|podrian?|quiten|saquen|borren|eliminen)(?: (?:quitar|sacar|borrar|eliminar))?"
    rf" de {_LIST_ES}$",
    rf"\b(?:quitar|sacar|borrar|eliminar)(?:me|nos) de {_LIST_ES}$",
    rf"\b(?:quit|saqu|borr|elimin|olvid)(?:en?|ar|a) {_MINE_ES}(?: de {_LIST_ES})?$",
    # Darse de baja y retirar el permiso.
    rf"\b(?:den?me|dame|dar(?:me|nos)?|doy) de baja(?: (?:de |en )?{_LIST_ES})?$",
    r"\b(?:desuscrib\w+|cancel(?:ar|en?|o) (?:mi |la )?suscripcion)$",
    rf"\b(?:cancel(?:en?|ar)|suspend(?:an?|er)|par(?:en?|ar)|deten(?:gan?|er)) "
    rf"{_FILL_ES}{_NOUNS_ES}$",
    r"\b(?:retir|revoc|quit|cancel)o (?:mi |el )?(?:consentimiento|permiso|autorizacion)"
    rf"(?: (?:para|de) (?:que )?(?:me |ya )?(?:{_ES_DO}|{_ES_TO}|{_NOUNS_ES}))?$",
)
RULES = tuple(re.compile(rule) for rule in (*_ENGLISH, *_SPANISH))

# The whole message, courtesies aside.
BARE = frozenset(
    (
        *("stop", "stopall", "stop all", "stop it", "stop now", "unsubscribe", "opt out", "optout"),
        *("revoke", "leave me alone", "alto", "pare", "paren", "parar", "baja", "ya basta"),
        *("basta", "no mas", "ya no mas", "dejenme en paz"),
    )
)
COURTESY = re.compile(
    r"^(?:(?:please|pls|plz|ok|okay|hi|hello|hey|thanks|por favor|porfa|porfavor|hola|oiga|oigan|"
    r"gracias|disculpe) )+|"
    r"(?: (?:please|pls|plz|ok|okay|thanks|thank you|now|right now|already|any ?more|again|ever|"
    r"ever again|immediately|asap|for good|today|por favor|porfa|porfavor|gracias|ya|mas|nunca|"
    r"nunca mas|ahora|ahorita|otra vez|jamas|de texto))+$"
)
# Somebody else writes or calls, so it is not ours to stop.
THIRD_PARTY = re.compile(
    r"\b(?:ex|husband|wife|boyfriend|girlfriend|insurance|insurer|collectors?|collections?|"
    r"agency|telemarketers?|scammers?|medicare|medicaid|he|she|him|her|esposo|esposa|marido|novio|"
    r"novia|seguro|aseguradora|cobradores|cobranzas?|agencia|estafadores)\b"
)
# A complaint or a question about what was, not a wish.
BARRED = re.compile(
    r"\b(?:did|didnt|wont|will not|cant|doesnt|wouldnt|what happens) (?:\w+ ){0,3}stop\b|"
    r"\b(?:wait|waiting|cancellation|transplant) ?list\b|\blista de (?:espera|trasplantes?)\b"
)
EMAIL = re.compile(r"\be ?mail|\bmail|\bcorreo|\bnewsletter|\bunsubscribe")
PHONE = re.compile(
    r"\btext|\bsms|\bmsg|\bcall|\bphone|\bcell|\bnumber|\bring|\bllam|\bmarqu|\btexto|\bcel|"
    r"\bnumero|\btelefono|\bhabl|\bwhatsapp"
)
