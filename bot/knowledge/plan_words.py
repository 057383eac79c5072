"""Words around the name of a plan: what is left of a question without them may be a name."""

from __future__ import annotations

from bot.language.identify import FUNCTION
from bot.language.words import word_set

_AROUND = {
    "en": word_set(
        """
        accept accepts accepted accepting take takes taking honor insurance insurances
        insured plan plans coverage covered cover covers policy clinic office doctor doctors
        see seen here your yours still also now okay ok kind kinds type which other health
        medical card member through use using work works job employer company kids kid son
        daughter mom dad mother father wife husband family child children patient patients
        new old list network participate participating provider providers good with without
        me us it yall guys right private any under have has got come visit appointment
        switched changed just currently know tell check name like said say mean means state
        government hmo ppo epo pos
        """
    ),
    "es": word_set(
        """
        aceptan acepta aceptar aceptado toman toma reciben recibe trabajan trabaja seguro
        seguros seguranza aseguranza plan planes cobertura poliza clinica consultorio doctor
        doctora medico medica salud tarjeta mio mia tipo tipos cual cuales otro otra tambien
        todavia ahora atienden atiende ver trabajo empresa compania hijos hijo hija mama
        papa esposo esposa familia ninos nino nina paciente pacientes nuevo nueva lista red
        ustedes alli ahi aca aqui usar uso ir cita consulta cambie acabo saber revisar
        nombre como hmo ppo epo favor digame quiere decir significa estado gobierno dijeron
        pueden puede verme atenderme privado
        """
    ),
}
ORDINARY = frozenset().union(*_AROUND.values(), *FUNCTION.values())
