"""Build what has changed of the cohort layer, and say for each cohort why it was built or reused.

A model is built when its key is another than the one it was last built with, or its table is gone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from analytics import __version__
from analytics.pipelines import fingerprints
from analytics.pipelines.cohort_builds import (
    SETTINGS,
    Surroundings,
    cohort_build,
    cohorts_of,
    told,
    why,
)
from analytics.pipelines.model_keys import Content, members_of, model_keys, upstream
from analytics.warehouse import Workspace, run_dbt
from analytics.warehouse.build_records import (
    CohortBuild,
    ModelBuild,
    cdm_release,
    forget_model_builds,
    member_fingerprints,
    present_relations,
    read_cohort_builds,
    read_model_builds,
    table_marks,
    write_builds,
)
from analytics.warehouse.dbt_graph import DbtNode, read_graph

LAYER = ("--selector", "cohort_layer")
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What was built: models, seeds and tests by number, and a line for each cohort that was."""

    n_nodes: int
    lines: tuple[str, ...]


def rebuild_cohort_layer(
    place: Workspace, tables: Mapping[str, str], *, is_text_known: bool
) -> Rebuilt:
    """Build the models, seeds and tests of the cohort layer that hang on something that changed.

    `tables` are the fingerprints of the CDM's tables by name, `absent` for one that it lacks. Where
    `is_text_known` nothing that dbt compiles from has changed since the last build: it need not
    compile again.
    """
    remembered = read_model_builds(place)
    layer = _Layer(place, tables, remembered)
    if not remembered:
        layer.build_all()
    else:
        layer.find_graph(is_text_known=is_text_known)
        layer.build_vocabulary()
        layer.build_rest()
    builds = layer.cohort_builds()
    write_builds(place, layer.graph.values(), layer.keys(), builds)
    return Rebuilt(n_nodes=layer.n_built, lines=told(builds))


class _Layer:
    """The models of one build, and which of them were built."""

    def __init__(
        self, place: Workspace, tables: Mapping[str, str], remembered: Mapping[str, ModelBuild]
    ) -> None:
        self.place, self.tables, self.remembered = place, tables, remembered
        self.cohorts_before = read_cohort_builds(place)
        self.present = present_relations(place)
        self.release = cdm_release(place)
        self.graph: dict[str, DbtNode] = {}
        self.members: dict[str, str] = {}
        self.built: set[str] = set()
        self.n_built = 0

    def build_all(self) -> None:
        """Build every model, as dbt itself would."""
        self.n_built = len(run_dbt(self.place, ["build", *LAYER]).node_names)
        self.graph = read_graph(self.place)
        self.built = set(self.graph)
        self.members = member_fingerprints(self.place)

    def find_graph(self, *, is_text_known: bool) -> None:
        """Learn what there is to build: from the last build, or by having dbt compile it."""
        graph = read_graph(self.place) if is_text_known else {}
        made = {name for name, node in graph.items() if node.kind != "source"}
        if not made or not made <= set(self.remembered):
            run_dbt(self.place, ["compile", *LAYER])
            self.graph = read_graph(self.place)
        else:
            self.graph = {name: self._as_remembered(node) for name, node in graph.items()}

    def build_vocabulary(self) -> None:
        """Resolve the concept sets, where anything about them changed."""
        made_from = {
            name for members in members_of(self.graph) for name in upstream(self.graph, members)
        }
        self._build(self._changed(made_from))
        self.members = member_fingerprints(self.place)

    def build_rest(self) -> None:
        """Build all else that changed."""
        self._build(self._changed(set(self.graph) - self.built))

    def keys(self) -> dict[str, str]:
        """The key of each node, with the members of concept sets as they are now."""
        return model_keys(self.graph, self._content())

    def cohort_builds(self) -> list[CohortBuild]:
        """What each cohort was built from and why, those included that were reused."""
        content, keys = self._content(), self.keys()
        around = Surroundings(
            release=self.release,
            compiler_version=compiler_version(),
            tables=table_marks(self.place, _present(self.tables)),
            built_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        )
        builds = []
        for cohort, model in sorted(cohorts_of(self.graph).items()):
            now = cohort_build(cohort, self.graph, content, keys, around)
            before = self.cohorts_before.get(cohort)
            if model in self.built or before is None:
                reason = why(before, now, is_gone=self._is_gone(self.graph[model])) or SETTINGS
                builds.append(replace(now, reason=reason))
            else:
                builds.append(
                    replace(
                        now,
                        built_at=before.built_at,
                        reason=before.reason,
                        compiler_version=before.compiler_version,
                        is_reused=True,
                    )
                )
        return builds

    def _changed(self, among: Collection[str]) -> list[str]:
        """The nodes among these whose key is new, or whose table is gone."""
        keys = self.keys()
        changed: set[str] = set()
        for name, node in self.graph.items():
            if node.kind == "source" or name not in among:
                continue
            known = self.remembered.get(name)
            if known is None or known.key != keys[name] or self._is_gone(node):
                changed.add(name)
        return [name for name in self.graph if name in changed]

    def _build(self, names: list[str]) -> None:
        if not names:
            return
        forget_model_builds(self.place, names)
        chosen = [self.graph[name].name for name in names]
        done = run_dbt(self.place, ["build", "--select", *chosen, *NO_UNIT_TESTS])
        self.n_built += len(done.node_names)
        self.built.update(names)

    def _is_gone(self, node: DbtNode) -> bool:
        """Was there no table of the node before this build?"""
        return node.relation is not None and node.relation not in self.present

    def _as_remembered(self, node: DbtNode) -> DbtNode:
        known = self.remembered.get(node.unique_id)
        return (
            node
            if known is None
            else replace(node, text=known.text, concept_sets=known.concept_sets)
        )

    def _content(self) -> Content:
        return Content(
            sources=self._sources(),
            members=self.members,
            vocabulary_version=self.release.vocabulary_version,
        )

    def _sources(self) -> dict[str, str]:
        """Fingerprints by source: of a table its content, of the list of tables the list."""
        which = fingerprints.of_mapping({name: name for name in _present(self.tables)})
        return {
            name: self.tables.get(node.name, which)
            for name, node in self.graph.items()
            if node.kind == "source"
        }


def compiler_version() -> str:
    """What turns definitions into models: the product's version, and the code's fingerprint."""
    return f"{__version__}+{fingerprints.of_rooms('phenotypes/compiler')[:8]}"


def _present(tables: Mapping[str, str]) -> dict[str, str]:
    return {name: found for name, found in tables.items() if found != "absent"}
