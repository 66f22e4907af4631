"""What each model of the cohort layer hangs on, as one key: equal keys, equal rows.

A key takes in what dbt runs for the model, the keys of its parents, and the content of the CDM's
tables. Where a model asks for the members of some concept sets, the members of these count and not
the whole table: another concept set may come or go without it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from analytics.pipelines import fingerprints
from analytics.warehouse.dbt_graph import MEMBERS, DbtNode

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is in the tables that models read.

    `sources` are fingerprints by the `unique_id` of a source, `members` those of the members of
    each concept set.
    """

    sources: Mapping[str, str]
    members: Mapping[str, str]
    vocabulary_version: str = ""


def model_keys(graph: Mapping[str, DbtNode], content: Content) -> dict[str, str]:
    """The key of each node by its `unique_id`; the graph has parents before children."""
    keys: dict[str, str] = {}
    every_member = fingerprints.of_mapping(content.members)
    members = members_of(graph)
    for name, node in graph.items():
        if node.kind == "source":
            keys[name] = content.sources.get(name, UNKNOWN)
            continue
        parts = {"text": node.text}
        for parent in node.parents:
            if parent not in graph:
                continue
            if parent in members and node.kind == "model":
                asked = {each: content.members.get(each, "") for each in node.concept_sets}
                parts[parent] = fingerprints.of_mapping(asked) if asked else every_member
                parts["vocabulary"] = content.vocabulary_version
            else:
                parts[parent] = keys[parent]
        keys[name] = fingerprints.of_mapping(parts)
    return keys


def upstream(
    graph: Mapping[str, DbtNode], name: str, *, without: Collection[str] = ()
) -> list[str]:
    """All that a node is made from, itself included, parents first; nothing by way of `without`."""
    found = {name}
    waiting = [name]
    while waiting:
        for parent in graph[waiting.pop()].parents:
            if parent in graph and parent not in found and parent not in without:
                found.add(parent)
                waiting.append(parent)
    return [each for each in graph if each in found]


def members_of(graph: Mapping[str, DbtNode]) -> set[str]:
    """The model that holds the members of all concept sets, by `unique_id`."""
    return {name for name, node in graph.items() if node.name == MEMBERS and node.kind == "model"}
