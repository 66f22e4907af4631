"""What dbt knows of a project after it has compiled it: its nodes, and what each is made from."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.warehouse.workspace import Workspace

MANIFEST = "target/manifest.json"
MARTS = "models/marts/"
MEMBERS = "concept_set_members"
# What dbt makes of a node besides running its SQL; its tags, docs and meta change no row.
TELLING_SETTINGS = ("materialized", "schema", "alias", "pre-hook", "post-hook", "column_types")
KINDS = frozenset({"model", "seed", "test", "source"})
ASKED_FOR = re.compile(r"concept_set = '([^']*)'")


@dataclass(frozen=True, kw_only=True)
class DbtNode:
    """A seed, model, test or source, and its parents by `unique_id`.

    `text` is the fingerprint of what dbt runs for it (compiled SQL and settings, or a seed's file),
    `written` that of its file; both are empty for a source. `concept_sets` are those whose members
    it asks for by name; none where it reads the members of all. `relation` is its schema and table,
    where it has one. `words` are those of its file, as it was written: columns, concept sets.
    """

    unique_id: str
    name: str
    kind: str
    path: str
    parents: tuple[str, ...]
    text: str = ""
    written: str = ""
    concept_sets: tuple[str, ...] = ()
    relation: tuple[str, str] | None = None
    definition_sha256: str = ""
    words: frozenset[str] = frozenset()


def read_graph(workspace: Workspace) -> dict[str, DbtNode]:
    """Each node that has to do with the cohort layer by its `unique_id`, parents before children.

    Empty where dbt has not run in the workspace.
    """
    path = workspace.dbt / MANIFEST
    if not path.is_file():
        return {}
    manifest = json.loads(path.read_text(encoding="utf-8"))
    written = {**manifest["nodes"], **manifest["sources"]}
    of_layer = {
        name: node
        for name, node in written.items()
        if node["resource_type"] in KINDS and not _path(node).startswith(MARTS)
    }
    nodes = {name: _read(node) for name, node in of_layer.items()}
    whole = {
        name: node
        for name, node in nodes.items()
        if node.kind != "test" or set(node.parents) <= set(nodes)
    }
    return {name: whole[name] for name in _in_order(whole)}


def results_of_marts(workspace: Workspace) -> dict[str, frozenset[str]]:
    """By mart: the tables of the schema `results` that it is made from.

    Empty before dbt has run.
    """
    path = workspace.dbt / MANIFEST
    if not path.is_file():
        return {}
    manifest = json.loads(path.read_text(encoding="utf-8"))
    parents = {name: _parents(node) for name, node in manifest["nodes"].items()}
    sources = manifest["sources"]

    def made_from(name: str) -> frozenset[str]:
        if name in sources:
            is_result = sources[name]["source_name"] == "results"
            return frozenset({str(sources[name]["name"])} if is_result else ())
        return frozenset().union(*(made_from(parent) for parent in parents.get(name, ())))

    return {
        str(node["name"]): made_from(name)
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and _path(node).startswith(MARTS)
    }


def _path(node: Mapping[str, object]) -> str:
    return str(node["original_file_path"])


def _read(node: Mapping[str, object]) -> DbtNode:
    kind, compiled = str(node["resource_type"]), str(node.get("compiled_code") or "")
    config = _part(node, "config")
    written = str(_part(node, "checksum").get("checksum", ""))
    settings = {name: config.get(name) for name in TELLING_SETTINGS}
    made_from = written if kind == "seed" else compiled
    return DbtNode(
        unique_id=str(node["unique_id"]),
        name=str(node["name"]),
        kind=kind,
        path=_path(node),
        parents=_parents(node),
        text=_fingerprint(made_from, json.dumps(settings, sort_keys=True)) if made_from else "",
        written=written,
        concept_sets=_asked_for(compiled),
        relation=(str(node["schema"]), str(node.get("alias") or node["name"]))
        if kind in ("model", "seed")
        else None,
        definition_sha256=str(_part(config, "meta").get("definition_sha256", "")),
        words=frozenset(re.findall(r"\w+", str(node.get("raw_code") or ""))),
    )


def _parents(node: Mapping[str, object]) -> tuple[str, ...]:
    parents = _part(node, "depends_on").get("nodes")
    return tuple(map(str, parents)) if isinstance(parents, list) else ()


def _part(node: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = node.get(name)
    return part if isinstance(part, dict) else {}


def _asked_for(compiled: str) -> tuple[str, ...]:
    """The concept sets that a select asks for; none where it reads members of any, unnamed."""
    asked = ASKED_FOR.findall(compiled)
    return tuple(sorted(set(asked))) if compiled.count(f'"{MEMBERS}"') <= len(asked) else ()


def _fingerprint(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _in_order(nodes: Mapping[str, DbtNode]) -> Iterable[str]:
    """Names of the nodes, parents first, and otherwise by name."""
    placed: dict[str, None] = {}
    waiting = [(name, False) for name in sorted(nodes, reverse=True)]
    while waiting:
        name, parents_are_placed = waiting.pop()
        if name in placed:
            continue
        if parents_are_placed:
            placed[name] = None
            continue
        waiting.append((name, True))
        waiting += [(parent, False) for parent in nodes[name].parents if parent in nodes]
    return placed
