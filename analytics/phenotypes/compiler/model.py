"""A model in the making: its names, its imports, its concept sets, its parts in order."""

from collections.abc import Mapping

from analytics.phenotypes.compiler.concept_sets import (
    CompiledConceptSet,
    attribute_concepts,
    compile_concept_set,
)
from analytics.phenotypes.compiler.naming import Names, slug
from analytics.phenotypes.compiler.sql_text import Cte
from analytics.phenotypes.expression import Concept, ConceptSet
from analytics.phenotypes.telling_titles import sets_without_a_telling_title

CDM_TABLES = (
    "person",
    "observation_period",
    "visit_occurrence",
    "visit_detail",
    "condition_occurrence",
    "condition_era",
    "drug_exposure",
    "drug_era",
    "dose_era",
    "procedure_occurrence",
    "device_exposure",
    "measurement",
    "observation",
    "specimen",
    "death",
    "payer_plan_period",
    "provider",
    "care_site",
    "location",
    "location_history",
)
"""Tables of the CDM that models read, in the order of their import."""
MEMBERS = "concept_set_members"


class Model:
    """Collects what a cohort's select is made of while its expression is read."""

    def __init__(self, concept_sets: tuple[ConceptSet, ...]) -> None:
        untold = sets_without_a_telling_title(concept_sets)
        self._declared: Mapping[int, CompiledConceptSet] = {
            concept_set.concept_set_id: compile_concept_set(
                concept_set, by_content=concept_set.concept_set_id in untold
            )
            for concept_set in concept_sets
        }
        self.names = Names()
        for reserved in (*CDM_TABLES, MEMBERS):
            self.names.take(reserved)
        self._tables: set[str] = set()
        self._concept_sets: dict[tuple[str, str], tuple[str, CompiledConceptSet]] = {}
        self._parts: list[Cte] = []

    @property
    def concept_sets(self) -> tuple[CompiledConceptSet, ...]:
        """The concept sets that the model reads, in the order of their first use; each once."""
        by_name = {compiled.name: compiled for _, compiled in reversed(self._concept_sets.values())}
        return tuple(reversed(by_name.values()))

    @property
    def ctes(self) -> tuple[Cte, ...]:
        """Imports, concept sets and parts, each after what it reads."""
        imported = [table for table in CDM_TABLES if table in self._tables]
        return (
            *(_import_cte(table) for table in imported),
            *(_concept_set_cte(name, compiled) for name, compiled in self._concept_sets.values()),
            *self._parts,
        )

    def table(self, name: str) -> str:
        """A table of the CDM, imported."""
        self._tables.add(name)
        return name

    def concept_set(self, concept_set_id: int) -> str:
        """The part that holds the members of a concept set of the definition."""
        return self.named_set(self._declared[concept_set_id])

    def attribute_set(self, attribute: str, concepts: tuple[Concept, ...]) -> str:
        """The part that holds the values of an attribute."""
        return self.named_set(attribute_concepts(attribute, concepts))

    def named_set(self, compiled: CompiledConceptSet) -> str:
        """The part that holds the members of a compiled concept set."""
        called = (compiled.name, compiled.title)
        if called not in self._concept_sets:
            name = self.names.take(f"{slug(compiled.title)}_concepts".lstrip("_"))
            self._concept_sets[called] = (name, compiled)
        return self._concept_sets[called][0]

    def title_of(self, concept_set_id: int) -> str:
        """What the definition calls a concept set."""
        return self._declared[concept_set_id].title

    def add(self, cte: Cte) -> str:
        """Put a part behind the others; its name."""
        self._parts.append(cte)
        return cte.name

    def words_of(self, name: str) -> str:
        """What a part that was added holds, in words."""
        return next(part.in_words for part in self._parts if part.name == name)


def _import_cte(table: str) -> Cte:
    body = f"select * from {{{{ ref('stg_omop__{table}') }}}}"
    return Cte(name=table, body=body)


def _concept_set_cte(name: str, compiled: CompiledConceptSet) -> Cte:
    members = f"{{{{ ref('{MEMBERS}') }}}}"
    body = f"select concept_id\nfrom {members}\nwhere concept_set = '{compiled.name}'"
    return Cte(name=name, body=body)
