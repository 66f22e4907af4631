"""Time `catchment cohorts generate` for 20 cohorts of simulated people: wall, CPU, peak memory.

The definitions are made here of the concept sets that were written by hand: first users of each
drug, and people with each kind of visit, after others and without others. Run as
`python -m tests.benchmarks cohorts [PERSONS ...]`.
"""

import csv
import json
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from tests.benchmarks.timing import HEADER, time_step
from tests.support.definitions import around, definition, rule

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
SEEDS = PROJECT / "seeds/concept_sets"
KINDS = {"drug": "DrugExposure", "condition": "ConditionOccurrence", "visit": "VisitOccurrence"}
N_COHORTS = 20
NONE, ANY = (0, 0), (2, 1)


def main(words: list[str]) -> None:
    """Time each size."""
    print(HEADER)
    for persons in [int(word) for word in words] or [100_000]:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            people, definitions = Path(folder) / "people", Path(folder) / "definitions"
            write_definitions(definitions)
            simulate = ["simulate", "--persons", str(persons), "--out", str(people)]
            time_step(persons, "simulate", simulate)
            out = Path(folder) / "rows.parquet"
            generate = ["cohorts", "generate", "--cdm", str(people), "--out", str(out)]
            time_step(persons, "20 cohorts", [*generate, "--definitions", str(definitions)])
            numbers = pq.read_table(out, columns=["cohort_definition_id"]).column(0)
            print(f"{len(numbers):,} rows in {len(numbers.unique())} of {N_COHORTS} cohorts")


def write_definitions(folder: Path) -> None:
    """Write 20 definitions, each of its own concept set, into a new folder."""
    folder.mkdir()
    listed = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["concept_sets"]
    by_hand = {path.stem for path in SEEDS.glob("*.csv")}
    sets = [(name, KINDS[domain]) for name, domain in listed.items() if name in by_hand]
    for number in range(N_COHORTS):
        entry, other = number % len(sets), (number * 7 + 3) % len(sets)
        value = definition(
            {sets[entry][1]: {"CodesetId": entry, "First": number % 2 == 0}},
            InclusionRules=_rules(sets[other][1], other) if number % 3 else [],
            EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 30}},
            ExpressionLimit={"Type": "All"},
        )
        value["ConceptSets"] = [_concept_set(at, name) for at, (name, _) in enumerate(sets)]
        (folder / f"{number + 1}.json").write_text(json.dumps(value))


def _rules(kind: str, codeset: int) -> list[dict]:
    """Nothing of another set in the year before, or something of it in the years around."""
    criterion = {kind: {"CodesetId": codeset}}
    how_often, last = (NONE, -1) if codeset % 2 else (ANY, 365)
    return [rule("another", around(criterion, -365, last, how_often=how_often))]


def _concept_set(number: int, name: str) -> dict:
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        items = [
            {
                "concept": {"CONCEPT_ID": int(row["concept_id"]), "CONCEPT_NAME": name},
                "includeDescendants": row["include_descendants"] == "true",
                "includeMapped": row["include_mapped"] == "true",
                "isExcluded": row["is_excluded"] == "true",
            }
            for row in csv.DictReader(file)
        ]
    return {"id": number, "name": name, "expression": {"items": items}}
