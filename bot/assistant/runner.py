"""Runs Rasa's prediction graph in an order that is worked out once.

Rasa's runner plans the graph anew for every call, through dask, and formats the message and the
tracker into a debug line that nobody reads. The nodes and what they are given are the same here;
a test compares both runners' results.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.runner.dask import DaskGraphRunner


class PlannedGraphRunner(DaskGraphRunner):
    """Rasa's nodes, run one after the other."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of `targets`, given the outputs of the placeholder nodes in `inputs`."""
        wanted = tuple(targets or self._graph_schema.target_names)
        results = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plan(wanted):
            if name not in results:
                results[name] = self._instantiated_nodes[name](
                    *(results.get(need, need) for need in needs)
                )
        return dict(results[target] for target in wanted)

    def _plan(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        plans: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]
        plans = self.__dict__.setdefault("_plans", {})
        if targets not in plans:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
            order = TopologicalSorter(needs).static_order()
            plans[targets] = [(name, needs[name]) for name in order if name in needs]
        return plans[targets]
