"""What of a CDM a study uses: tables, fields and concepts, and what it makes of them.

A study is made of dbt models: those of people, of its cohorts, of the events of its covariates or
pathways. A model uses the tables that it is made from, and of each the fields that are named where
the table is read.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from analytics.pipelines.pathway_sources import BUILT, DRUG_ERA, EPISODE, source_of
from analytics.studies import PathwayEvent, PathwayStudy, Study
from analytics.warehouse.dbt_graph import DbtNode

STAGING = "models/staging/"
PEOPLE = ("person", "observation_period")
PERSON = "person_id"

Kind = Literal["people", "cohorts", "covariates", "events"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a study: people, a cohort, covariates of a domain or an event of a pathway.

    `model` is the dbt model that it is made of. `fields` are the fields used of each table, `sets`
    the words among which its concept sets are; `concepts` it names itself, with all below them.
    `all_concepts_from` is set where every concept counts that is recorded at least that often.
    """

    kind: Kind
    name: str
    model: str
    concepts: tuple[int, ...] = ()
    all_concepts_from: int | None = None
    sets: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def uses(self, table: str, column: str | None) -> bool:
        """Whether it uses that field, or (None) anything of the table."""
        used = self.fields.get(table)
        return used is not None and (column is None or column == PERSON or column in used)


def list_parts(
    study: Study | PathwayStudy, graph: Mapping[str, DbtNode], *, has_drug_eras: bool = True
) -> tuple[Part, ...]:
    """The parts of a study, with what each uses of the CDM.

    `has_drug_eras`: whether the CDM has drug eras of its own, which pathways then use.
    """
    return tuple(_with_fields(part, graph) for part in _parts(study, has_drug_eras))


def files_of(parts: Iterable[Part], graph: Mapping[str, DbtNode]) -> dict[str, str]:
    """The dbt models and seeds that the parts are made of: the fingerprint of each one's file."""
    made_from = (node for part in parts for node in _made_from(part.model, graph))
    return {node.unique_id: node.written for node in made_from}


def _parts(study: Study | PathwayStudy, has_drug_eras: bool) -> Iterator[Part]:
    for name in PEOPLE:
        yield Part(kind="people", name=name, model=name)
    for cohort in _cohorts(study):
        yield Part(kind="cohorts", name=cohort, model=f"cohort__{cohort}")
    if isinstance(study, Study):
        for domain in study.covariates.domains:
            yield Part(
                kind="covariates",
                name=domain,
                model=f"{domain}_event",
                all_concepts_from=study.covariates.min_people_per_covariate,
            )
        return
    for event in study.events:
        if event.cohort is None:
            yield Part(
                kind="events",
                name=event.event,
                model=_model_of(event, study, has_drug_eras),
                concepts=event.concepts,
                sets=frozenset({event.concept_set} if event.concept_set else ()),
            )


def _cohorts(study: Study | PathwayStudy) -> list[str]:
    if isinstance(study, Study):
        named = [study.target, study.outcome]
    else:
        events = [event.cohort for event in study.events if event.cohort]
        named = [study.target, *events, *(end.cohort for end in study.exits)]
    return list(dict.fromkeys(named))


def _model_of(event: PathwayEvent, study: PathwayStudy, has_drug_eras: bool) -> str:
    source = source_of(event, study)
    if source == DRUG_ERA:
        return DRUG_ERA if has_drug_eras and study.drug_eras != "built" else BUILT
    return EPISODE if source == EPISODE else f"{source}_event"


def _with_fields(part: Part, graph: Mapping[str, DbtNode]) -> Part:
    """The part with the fields of each table that its model is made from."""
    fields: dict[str, frozenset[str]] = {}
    words = part.sets
    for node in _made_from(part.model, graph):
        if part.kind == "cohorts":
            words |= node.words
        if node.path.startswith(STAGING):
            continue
        for table in _read_by(node, graph):
            fields[table] = fields.get(table, frozenset()) | node.words
    return replace(part, sets=words, fields=fields)


def _made_from(model: str, graph: Mapping[str, DbtNode]) -> Iterator[DbtNode]:
    """A model and all that it is made from, each once."""
    waiting = [one.unique_id for one in graph.values() if one.kind == "model" and one.name == model]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in graph:
            continue
        seen.add(name)
        yield graph[name]
        waiting += graph[name].parents


def _read_by(node: DbtNode, graph: Mapping[str, DbtNode]) -> Collection[str]:
    """The tables of the CDM that a model reads itself, mostly by their staging views."""
    parents = [graph[name] for name in node.parents if name in graph]
    views = [parent for parent in parents if parent.path.startswith(STAGING)]
    read = [*parents, *(graph[name] for view in views for name in view.parents if name in graph)]
    return {one.name for one in read if one.kind == "source" and ".omop." in one.unique_id}
