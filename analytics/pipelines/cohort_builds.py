"""What a cohort was built from, and why a build builds it anew or takes it as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.pipelines import fingerprints
from analytics.pipelines.model_keys import Content, members_of, upstream
from analytics.warehouse.build_records import CdmRelease, CohortBuild, TableMark
from analytics.warehouse.dbt_graph import DbtNode

COHORT = "cohort__"
COHORT_MODELS = "models/cohorts/"
FIRST_BUILD = "first build"
TABLE_GONE = "its table was gone"
SETTINGS = "what dbt makes of its model changed"
NAMED_FOR_ONE_REASON = 10


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is the same for all cohorts of a build, and the CDM's tables by name."""

    release: CdmRelease
    compiler_version: str
    tables: Mapping[str, TableMark]
    built_at: str


def cohorts_of(graph: Mapping[str, DbtNode]) -> dict[str, str]:
    """The `unique_id` of each cohort's model by the cohort's name."""
    return {
        node.name.removeprefix(COHORT): name
        for name, node in graph.items()
        if node.kind == "model" and node.name.startswith(COHORT)
    }


def cohort_build(
    cohort: str,
    graph: Mapping[str, DbtNode],
    content: Content,
    keys: Mapping[str, str],
    around: Surroundings,
) -> CohortBuild:
    """What a cohort is built from now; why is not said yet."""
    model = cohorts_of(graph)[cohort]
    others = {name: each for each, name in cohorts_of(graph).items() if each != cohort}
    members = members_of(graph)
    parts = [
        name
        for name in upstream(graph, model, without=members | set(others))
        if graph[name].kind == "model" and graph[name].path.startswith(COHORT_MODELS)
    ]
    sets = {each for name in parts for each in graph[name].concept_sets}
    seeds = {node.name: node.written for node in graph.values() if node.kind == "seed"}
    return CohortBuild(
        cohort_name=cohort,
        definition_sha256=graph[model].definition_sha256
        or fingerprints.of_mapping(
            {graph[name].name: graph[name].written for name in parts}
            | {name: seeds.get(name, "") for name in sets}
        ),
        model_sha256=fingerprints.of_mapping(
            {graph[name].name: graph[name].text for name in parts}
        ),
        concept_sets_sha256=fingerprints.of_mapping(
            {name: content.members.get(name, "") for name in sets}
        ),
        cdm_name=around.release.cdm_name,
        cdm_release_date=around.release.cdm_release_date,
        vocabulary_version=around.release.vocabulary_version,
        tables=_tables_read(graph, model, around.tables),
        built_from={
            others[parent]: keys[parent]
            for name in parts
            for parent in graph[name].parents
            if parent in others
        },
        compiler_version=around.compiler_version,
        built_at=around.built_at,
        reason="",
        is_reused=False,
    )


def _tables_read(
    graph: Mapping[str, DbtNode], model: str, tables: Mapping[str, TableMark]
) -> dict[str, TableMark]:
    """The tables that a cohort reads, but for those that are read to resolve concept sets."""
    read = [graph[name] for name in upstream(graph, model, without=members_of(graph))]
    return {
        node.name: tables[node.name]
        for node in sorted(read, key=lambda node: node.name)
        if node.kind == "source" and node.name in tables
    }


def why(before: CohortBuild | None, now: CohortBuild, *, is_gone: bool = False) -> str:
    """Why the cohort has to be built anew, as one phrase; empty where it has not."""
    if before is None:
        return FIRST_BUILD
    reasons = [TABLE_GONE] if is_gone else []
    if before.definition_sha256 != now.definition_sha256:
        reasons.append("the definition changed")
    elif before.model_sha256 != now.model_sha256:
        reasons.append("the compiler changed")
    if before.vocabulary_version != now.vocabulary_version or (
        before.concept_sets_sha256 != now.concept_sets_sha256
        and before.definition_sha256 == now.definition_sha256
    ):
        reasons.append("the vocabulary changed")
    changed = [name for name, mark in now.tables.items() if before.tables.get(name) != mark]
    if changed:
        reasons.append(f"the CDM's {', '.join(changed)} changed")
    others = [name for name, key in now.built_from.items() if before.built_from.get(name) != key]
    if others and not reasons:
        reasons.append(f"{', '.join(others)}, which it is built from, changed")
    return "; ".join(reasons)


def told(builds: Sequence[CohortBuild]) -> tuple[str, ...]:
    """A line for how many cohorts were reused, then one for each that was built, with the reason.

    Where many are built for one reason they share a line.
    """
    reused = [build for build in builds if build.is_reused]
    lines = [f"{_cohorts(len(reused))} reused: nothing they hang on changed"] if reused else []
    by_reason: dict[str, list[str]] = {}
    for build in builds:
        if not build.is_reused:
            by_reason.setdefault(build.reason, []).append(build.cohort_name)
    for reason, names in by_reason.items():
        if len(names) > NAMED_FOR_ONE_REASON:
            lines.append(f"{_cohorts(len(names))} built: {reason}")
        else:
            lines += [f"{name} built: {reason}" for name in names]
    return tuple(lines)


def _cohorts(count: int) -> str:
    return "1 cohort" if count == 1 else f"{count:,} cohorts"
