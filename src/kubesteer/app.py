"""The composition root: the only place that knows which adapter serves which port."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kubesteer.core.plans import Inventory, Planner
from kubesteer.core.texts import Text
from kubesteer.engine.progress import Narrator, silent
from kubesteer.settings import Settings, settings

if TYPE_CHECKING:
    from kubesteer.adapters.kubernetes.clusters import KubernetesCluster
    from kubesteer.adapters.kubernetes.connections import Connection
    from kubesteer.adapters.kubernetes.exchanges import Exchange
    from kubesteer.engine.agents import Agent
    from kubesteer.engine.changes import Changes
    from kubesteer.policies.rulebooks import Rulebook

Trace = Callable[["Exchange"], None]


class App:
    """One person's session on one cluster. Parts are built, and their libraries imported, when first used."""

    def __init__(self, settings: Settings, *, trace: Trace | None = None) -> None:
        self.settings = settings
        self._trace = trace if settings.verbose else None
        self._planner: Planner | None = None

    @classmethod
    def of(cls, flags: Mapping[str, Any], *, trace: Trace | None = None) -> App:
        """An app by flags, environment and config file."""
        return cls(settings(flags, os.environ), trace=trace)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._planner is not None:
            from kubesteer.planners.routing import closed

            await closed(self._planner)
        if "changes" in vars(self):
            await self.changes.close()
        if "cluster" in vars(self):
            await self.cluster.client.aclose()

    @cached_property
    def connection(self) -> Connection:
        """How the cluster is reached; raises Misconfigured where nothing tells."""
        from kubesteer.adapters.kubernetes.connections import Options, find_connection

        given = self.settings
        return find_connection(
            Options(
                kubeconfig=given.kubeconfig,
                context=given.context,
                namespace=given.namespace,
                server=given.server,
                token=given.token,
                certificate_authority=given.certificate_authority,
                insecure_skip_tls_verify=given.insecure_skip_tls_verify,
                tls_server_name=given.tls_server_name,
            )
        )

    @cached_property
    def cluster(self) -> KubernetesCluster:
        """The Cluster port."""
        from kubesteer.adapters.kubernetes.clusters import KubernetesCluster

        return KubernetesCluster(self.connection, observer=self._trace)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The policies; raises Misconfigured for a policy file that makes no sense."""
        from kubesteer.policies.files import read_rulebook

        return read_rulebook(self.settings.policy)

    @cached_property
    def changes(self) -> Changes:
        """The life of changes, on the ledger that the settings name."""
        from kubesteer.adapters.kubernetes.actuators import KubernetesActuator
        from kubesteer.adapters.store.openings import open_ledger, open_runner, runs_workflows
        from kubesteer.engine.changes import Changes, InlineRunner

        folder, url = self.settings.state_folder, self.settings.store
        return Changes(
            cluster=self.cluster,
            actuator=KubernetesActuator(self.cluster),
            ledger=lambda: open_ledger(folder, url),
            rulebook=self.rulebook,
            runner=(lambda: open_runner(folder, url)) if runs_workflows(url) else InlineRunner,
        )

    def planner(self, *, narrate: Narrator = silent, stream: Callable[[str], None] | None = None) -> Planner:
        """Who understands the words: the rules, a model, or both, as `--planner` says."""
        from kubesteer.operations.registry import REGISTRY
        from kubesteer.planners.routing import planner_for
        from kubesteer.planners.rules import RulesPlanner
        from kubesteer.policies.redactions import redacted

        self._planner = planner_for(
            self.settings.planner,
            os.environ,
            self.settings.model_config,
            rules=RulesPlanner(),
            operations=REGISTRY,
            redact=redacted,
            narrate=narrate,
            stream=stream,
        )
        return self._planner

    def cost(self) -> Text | None:
        """What a model has cost so far; None where none was asked."""
        from kubesteer.planners.routing import cost_of

        return cost_of(self._planner) if self._planner is not None else None

    async def inventory(self, words: str = "") -> Inventory:
        """The names that exist now; `words` may name namespaces, for whoever may not look into all of them."""
        from kubesteer.engine.inventories import take_inventory

        return await take_inventory(self.cluster, self.connection.namespace, words)

    def agent(
        self,
        *,
        asked_by: str,
        narrate: Narrator = silent,
        stream: Callable[[str], None] | None = None,
    ) -> Agent:
        """The one loop, for one person; `stream` receives pieces of a model's answer as they arrive."""
        from kubesteer.engine.agents import Agent
        from kubesteer.engine.conditions import Conditions
        from kubesteer.engine.remedies import Remedies

        return Agent(
            cluster=self.cluster,
            planner=self.planner(narrate=narrate, stream=stream),
            changes=lambda: self.changes,
            conditions=Conditions(self.cluster, most=self.rulebook.most_replicas),
            remedies=Remedies(self.cluster, self.inventory),
            inventory=self.inventory,
            asked_by=asked_by,
            narrate=narrate,
            cost=self.cost,
        )
