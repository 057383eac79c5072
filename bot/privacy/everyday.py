"""Everyday words that stand where an identifier could stand."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What follows "password is" when no password follows.
NO_PASSWORDS = _words(
    """
    a about again all already also always an and any are as at bad because been before being
    blank blocked broken but by can cannot cant case changed correct dead different disabled
    do does doesn't doesnt done down due easy empty enough expired expiring failed failing
    fine for forgotten from gone good hacked hard has have having he her here his how i i'm if
    im in incorrect invalid is isn't isnt it its just kept last like locked long lost
    mandatory maybe me missing must my needed never new no none not nothing now of off ok okay
    old on only or our out over part please private protected really rejected required reset
    resetting right saved saying secret secure set she short should so somehow somewhere still
    strong supposed temporary that that's the their them then there they they're this to too
    unknown up used useless very was wasn't weak well what whatever when where which who why
    will with won't working wrong you your ahora al algo alguna antes anterior aqui aquí así
    asi aun aún bien bloqueada buena cada caducada cambiada como cómo con correcta cual cuál
    cuando de del demasiado diferente dificil difícil donde dónde el ella en equivocada es esa
    ese esta está este expirada falsa fácil facil fue incorrecta inválida invalida la larga
    las le lo los mal mala más mas mi misma muy necesaria nueva nuevo nunca o obligatoria
    olvidada para pero perdida por porque que qué segura si sí sin siempre su también tambien
    temporal tengo todavía todavia un una usuario vacía vencida vencio venció vieja y ya yo
    """
)
# Capitalised in the middle of a sentence, and nobody's name.
NO_NAMES = _words(
    """
    i i'm i'll i've i'd medicaid medicare aetna cigna humana blue bcbs united uhc molina
    ambetter tricare chip hmo ppo dob ssn mrn id er dr mr mrs ms january february march april
    may june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday christian catholic muslim jewish english spanish american mexican
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo can could do does is what when where
    why how please thanks thank the this that he she they we you my and but hi hello qué cómo
    cuándo dónde por puede pueden quiero necesito tengo gracias hola el la los las un una mi
    su señor señora no yes sí
    """
) | _words(
    # Medicines, capitalised as people are.
    """
    abilify adderall advair advil albuterol aleve ambien amlodipine amoxicillin ativan atorvastatin
    benadryl botox celebrex cialis claritin concerta crestor cymbalta depo eliquis enbrel entresto
    epipen farxiga flonase gabapentin humalog humira hydroxyzine ibuprofen imodium januvia
    jardiance keppra keytruda klonopin lantus lasix levothyroxine lexapro lipitor lisinopril
    losartan lyrica metformin miralax mirena motrin mounjaro mucinex naloxone narcan nexium novolog
    nyquil omeprazole ozempic paxlovid pepcid plavix prednisone prozac repatha ritalin rybelsus
    saxenda seroquel sertraline singulair spiriva suboxone symbicort synthroid tamiflu tramadol
    trulicity tylenol valium ventolin viagra vyvanse warfarin wegovy wellbutrin xanax xarelto
    zepbound zofran zoloft zyrtec metformina insulina insulin paracetamol acetaminofén aspirina
    """
)
# Letters before a number that are no part of it: `MRN 12345`, `ext 204`.
NO_CODES = _words(
    """
    mrn id cpt icd ssn dob pin po tel ph ext acct ref cvv cvc zip npi ndc dx rx vin ein tin no
    num nr the my is es el mi in on at of or and to for a i y o de en con visa mc fax cell
    call usd us ppo hmo epo hdhp er pcp
    """
)
