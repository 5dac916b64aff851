"""Run the model's graph in a fixed order.

Why: dask plans and schedules the same dozen nodes anew for every message and every prediction: half of what is left of a
turn once ``validator`` is applied. Replaces: ``DaskGraphRunner.run``. The order is dask's own, computed once for each set
of targets and inputs; graphs with hooks or lazy nodes (training) go the stock way.
"""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Optional, Tuple

from dask.order import order
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.exceptions import InvalidConfigException, RasaException

SOURCES = {
    "rasa.engine.runner.dask:DaskGraphRunner.run": "45f0f52f574f3aa9546a552bf671183e171092c18b66e97f5771a7fa295de37e",
    "rasa.engine.runner.dask:DaskGraphRunner._build_dask_graph": "5bb99f974d512a36acb61caaf77aafc851b90c04ce4d02c262f230c75086cbee",
    "rasa.engine.runner.dask:DaskGraphRunner._add_inputs_to_graph": "d04a0ca2df6241c16997b89d63e2ca89cd1d43bd5f9920843a2a86cb4286ac73",
    "rasa.engine.graph:GraphNode.__call__": "66127a2bfb6fcf1ee12e2556e95f6b8e691f53528b206c1e2745b05ab39d0e19",
}

log = logging.getLogger(__name__)

Step = Tuple[str, Any, Any, List[Tuple[str, str]]]


def _plan(runner: DaskGraphRunner, targets: List[str], inputs: Dict[str, Any]) -> Optional[List[Step]]:
    """Name, function, component and needs of each node in order; None if the stock way must be taken."""
    schema = runner._graph_schema.minimal_graph_schema(targets)
    nodes = [runner._instantiated_nodes[name] for name in schema.nodes]
    if any(node._hooks or not node._eager for node in nodes):
        return None
    graph = runner._build_dask_graph(schema)
    for name in inputs:
        graph[name] = (name, None)
    rank = order(graph)
    nodes.sort(key=lambda node: rank[node._node_name])
    return [(node._node_name, node._fn, node._component, list(node._inputs.items())) for node in nodes]


def apply() -> None:
    """Put the patch in place."""
    stock = DaskGraphRunner.run

    def run(
        self: DaskGraphRunner, inputs: Optional[Dict[str, Any]] = None, targets: Optional[List[str]] = None
    ) -> Dict[str, Any]:
        given = inputs or {}
        wanted = targets if targets else self._graph_schema.target_names
        plans = self.__dict__.setdefault("_suda_plans", {})
        key = (tuple(wanted), tuple(sorted(given)))
        if key not in plans:
            plans[key] = _plan(self, wanted, given)
        plan = plans[key]
        if plan is None or any(isinstance(value, str) for value in given.values()):
            return stock(self, inputs, targets)
        values = dict(given)
        for name, function, component, needs in plan:
            try:
                arguments = {argument: values[source] for argument, source in needs}
            except KeyError as error:
                raise GraphRunError(f"Missing input to run node '{name}': {error}") from error
            try:
                values[name] = function(component, **arguments)
            except InvalidConfigException:
                raise
            except RasaException:
                log.error("Error running graph component for node %s.", name)  # noqa: TRY400 - as stock does
                raise
            except Exception as error:
                raise GraphComponentException(f"Error running graph component for node {name}.") from error
        return {target: values[target] for target in wanted}

    DaskGraphRunner.run = run
