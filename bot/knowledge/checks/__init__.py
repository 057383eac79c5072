"""What patients must not meet, found before they do.

`text_findings` looks at one text, `reach_findings` at whether its questions find it, `check` and
`check_content` at a whole base. A finding says where, what and how to mend it; one that `blocks`
keeps a text from being published and makes `careline kb check` fail.
"""

from bot.knowledge.checks.findings import RULES, Finding, Reference
from bot.knowledge.checks.report import print_findings
from bot.knowledge.checks.run import check, check_content
from bot.knowledge.checks.search import reach_findings
from bot.knowledge.checks.text import text_findings

__all__ = [
    "RULES",
    "Finding",
    "Reference",
    "check",
    "check_content",
    "print_findings",
    "reach_findings",
    "text_findings",
]
