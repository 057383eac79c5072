"""Findings for people, grouped by article, and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.knowledge.checks.findings import RULES, Finding


def print_findings(findings: Sequence[Finding], screen: Console, *, as_json: bool = False) -> None:
    """Show them by article, those that block first; then a line for each rule that was broken."""
    ordered = sorted(findings, key=lambda one: (one.where, not one.blocks, one.rule, one.message))
    if as_json:
        screen.print_json(json.dumps([one.as_dict() for one in ordered], ensure_ascii=False))
        return
    if ordered:
        screen.print(_by_article(ordered))
        screen.print(_by_rule(ordered))
    blocking = sum(one.blocks for one in ordered)
    screen.print(f"{len(ordered)} findings, {blocking} of them block", highlight=False)


def _by_article(ordered: Sequence[Finding]) -> Table:
    table = Table("", "rule", "what, and what to do", box=box.SIMPLE_HEAD, expand=True)
    table.columns[1].no_wrap = True
    table.columns[2].ratio = 1
    for where, group in groupby(ordered, key=lambda one: one.where):
        table.add_row("", "", Text(where, style="bold"))
        for one in group:
            # Texts are quoted as they stand: brackets in them are no markup.
            what = Text.assemble(one.message, "\n", (one.remedy, "dim"))
            table.add_row(_severity(one.blocks), one.rule, what)
        table.add_section()
    return table


def _by_rule(ordered: Sequence[Finding]) -> Table:
    table = Table("rule", "blocks", "think", "what it holds", box=box.SIMPLE_HEAD, expand=True)
    table.columns[0].no_wrap = True
    table.columns[3].ratio = 1
    counts = Counter((one.rule, one.blocks) for one in ordered)
    for rule in sorted({one.rule for one in ordered}, key=list(RULES).index):
        numbers = (counts[rule, True], counts[rule, False])
        table.add_row(rule, *(str(number or "") for number in numbers), RULES[rule])
    return table


def _severity(blocks: bool) -> Text:
    return Text("blocks", style="bold red") if blocks else Text("think", style="yellow")
