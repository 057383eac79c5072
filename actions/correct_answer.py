"""Not what was asked: apologise once, offer the next best answer, else a person."""

from __future__ import annotations

from dataclasses import replace

from actions.looking import looked_up
from actions.outcomes import MISSES_BEFORE_A_PERSON, rather_a_question, tell
from actions.support import CarelineAction, Said, Turn, fixed, hand_over, say
from actions.trust import trust
from bot.effects import Reason, RecordGap
from bot.knowledge.outcomes import Answer, Clarify, Context, NoAnswer, Outcome
from bot.language.words import word_set, words_of

# What is left of a correction without these words is what the patient wants instead.
STOCK = word_set(
    "no not nope that thats this isnt is was wasnt what i ive you your my it asked asking meant "
    "mean wrong answer question about something else different didnt did doesnt dont help helpful "
    "said the a want wanted know to me got still keep right of on even close point "
    "eso esa ese es era lo la el que pregunte pregunta preguntaba preguntando queria quise decir "
    "quiero saber respuesta equivocada equivoco mal otra otro cosa referia mi su yo sirve ayuda "
    "sobre entendio estaba por de usted se nada ver con tiene para responde contesta le"
)
ENOUGH_WORDS = 2


class CorrectAnswer(CarelineAction):
    """Marks the last answer wrong. A second correction in a row goes to a person."""

    def name(self) -> str:
        """The name in `domain.yml`."""
        return "action_correct_answer"

    def respond(self, turn: Turn) -> Said:
        """Look again without the article that was wrong; a question asked anew is answered."""
        asked = self._asked_anew(turn)
        if asked:
            return asked
        wrong = turn.before.last_article
        gap = RecordGap(outcome="not_what_i_asked", article=wrong)
        again = (turn.before.misses or 0) + 1 >= MISSES_BEFORE_A_PERSON
        outcome = None if again else self._next_best(turn, wrong)
        if outcome is None:
            return hand_over(turn, Reason.REPEATED_FAILURE, gap, key="sorry_no_more")
        question = turn.before.last_question
        said = tell(turn, outcome, self.knowledge)
        after = replace(said.after, misses=1, last_question=question)
        return Said((say(fixed(turn, "sorry_wrong"), gap), *said.replies), after)

    def _asked_anew(self, turn: Turn) -> Said | None:
        """Before anything was said nothing is corrected, unless it asks for nothing that is known:
        then the patient means an answer of another day. And a weak guess is no correction."""
        before = turn.before
        if not (before.last_article or before.last_question or before.misses):
            outcome = looked_up(turn, self.knowledge) if _left(turn.text) else None
            sure = turn.confidence >= trust().sure_kind
            if outcome is None or (sure and isinstance(outcome, NoAnswer)):
                return None
            return tell(turn, outcome, self.knowledge)
        if _own_words(turn.text) is None:
            return None
        weak = turn.confidence < trust().doubtful_kind
        return rather_a_question(turn, self.knowledge) if weak else None

    def _next_best(self, turn: Turn, wrong: str | None) -> Outcome | None:
        context = turn.context(exclude=(wrong,) if wrong else (), last_article=None)
        for question in (_own_words(turn.text), turn.before.last_question):
            outcome = self._look_up(question, context)
            if outcome is not None:
                return outcome
        return None

    def _look_up(self, question: str | None, context: Context) -> Outcome | None:
        if not question:
            return None
        outcome = self.knowledge.answer(question, context)
        fits = isinstance(outcome, Answer) or (isinstance(outcome, Clarify) and context.may_clarify)
        return outcome if fits else None


def _own_words(text: str) -> str | None:
    """The correction itself, when it says more than that the answer was wrong."""
    return text if len(_left(text)) >= ENOUGH_WORDS else None


def _left(text: str) -> list[str]:
    return [word for word in words_of(text) if word not in STOCK]
