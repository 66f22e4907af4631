"""A contract is read whole, and every fault in it is said at once."""

from pathlib import Path

import pytest

from analytics.contracts import load_contracts
from analytics.disclosure import Derived
from analytics.errors import BadInputError

VISITS = """
apiVersion: v3.1.0
kind: DataContract
id: test.visit_occurrence
name: visit_occurrence
version: 1.0.0
status: active
description:
  purpose: "One row for each visit."
schema:
  - name: visit_occurrence
    physicalType: table
    description: "Visits."
    properties:
      - name: visit_occurrence_id
        logicalType: integer
        physicalType: bigint
        required: true
        unique: true
        primaryKey: true
        description: "The visit."
        customProperties:
          - {property: mustExist, value: true}
          - {property: limitShare, value: 0}
      - name: discharged_to_concept_id
        logicalType: integer
        physicalType: bigint
        description: "Where the person went."
        relationships:
          - {type: foreignKey, to: visit_occurrence.visit_occurrence_id}
        customProperties:
          - {property: aliases, value: [discharge_to_concept_id]}
    quality:
      - name: is_plausible
        type: sql
        description: "The visit is plausible."
        query: select count(*) from ${table} where visit_occurrence_id = 13
        mustBe: 0
        customProperties:
          - {property: limitShare, value: 0.05}
customProperties:
  - {property: isOptional, value: true}
"""

ATTRITION = """
apiVersion: v3.0.2
kind: DataContract
id: test.attrition
name: attrition
version: 1.0.0
status: active
description:
  purpose: "One row for each study and step."
schema:
  - name: attrition
    physicalType: table
    description: "What each rule removed."
    properties:
      - {name: study, logicalType: string, physicalType: varchar, description: "The study."}
      - {name: step, logicalType: integer, physicalType: integer, description: "The step."}
      - {name: n_people, logicalType: integer, physicalType: bigint, description: "People."}
      - {name: share, logicalType: number, physicalType: double, description: "Their share."}
customProperties:
  - property: grain
    value: [study, step]
  - property: disclosure
    value:
      level: aggregate
      people: n_people
      counts: [n_people]
      sequence: step
      derives:
        - {columns: [share], counts: [n_people]}
"""


@pytest.fixture
def house(tmp_path):
    """A house with one contract of the CDM and one of the marts."""
    for layer in ("omop_cdm", "results", "marts"):
        (tmp_path / "data_contracts" / layer).mkdir(parents=True)
    write(tmp_path, "omop_cdm/visit_occurrence", VISITS)
    write(tmp_path, "marts/attrition", ATTRITION)
    return tmp_path


def write(house: Path, name: str, text: str) -> None:
    (house / "data_contracts" / f"{name}.yaml").write_text(text, encoding="utf-8")


def faults(house: Path, layer: str, old: str, new: str) -> str:
    """What the reader says after `old` was replaced by `new` in the first contract of the layer."""
    file = min((house / "data_contracts" / layer).glob("*.yaml"))
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInputError) as raised:
        load_contracts(layer, house)
    return str(raised.value)


def test_a_contract_is_read_whole(house):
    visits = load_contracts("omop_cdm", house)["visit_occurrence"]

    assert visits.grain_sentence == "One row for each visit."
    assert visits.grain == ("visit_occurrence_id",)
    assert visits.is_optional
    assert visits.column_names == ("visit_occurrence_id", "discharged_to_concept_id")
    key = visits.column("visit_occurrence_id")
    assert (key.is_required, key.must_exist, key.is_unique, key.is_key) == (True,) * 4
    assert key.limit_share == 0
    other = visits.column("discharged_to_concept_id")
    assert (other.is_required, other.must_exist, other.is_unique, other.is_key) == (False,) * 4
    assert other.aliases == ("discharge_to_concept_id",)
    assert other.references == "visit_occurrence.visit_occurrence_id"
    assert other.limit_share is None
    (rule,) = visits.rules
    assert rule.name == "is_plausible"
    assert rule.limit_share == 0.05
    assert rule.query == "select count(*) from ${table} where visit_occurrence_id = 13"


def test_the_disclosure_of_a_mart_takes_its_key_from_the_grain(house):
    disclosure = load_contracts("marts", house)["attrition"].disclosure

    assert disclosure is not None
    assert disclosure.level == "aggregate"
    assert disclosure.key == ("study", "step")
    assert disclosure.people == "n_people"
    assert disclosure.counts == ("n_people",)
    assert disclosure.sequence is not None
    assert disclosure.sequence.order == "step"
    assert disclosure.derives == (Derived(columns=("share",), counts=("n_people",)),)


def test_all_faults_of_all_files_are_said_at_once(house):
    write(house, "omop_cdm/zebra", VISITS.replace("active", "activ"))
    said = faults(house, "omop_cdm", "unique: true", "uniqe: true")

    assert "visit_occurrence.yaml" in said
    assert "zebra.yaml" in said
    assert "Did you mean 'unique'?" in said
    assert "Did you mean 'active'?" in said
    assert "2 faults" in said


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("logicalType: integer", "logicalType: intger", "Did you mean 'integer'?"),
        ("physicalType: bigint", "physicalType: varchar", "cannot be stored as varchar"),
        ("primaryKey: true", "primarykey: true", "Did you mean 'primaryKey'?"),
        ("status: active\n", "", "status: this clause is missing"),
        ("status: active\n", "status: active\nstatus: draft\n", "a second time"),
        ('"One row for each visit."', '"Visits."', "purpose"),
        ("property: isOptional", "property: isOptionel", "Did you mean 'isOptional'?"),
        ("to: visit_occurrence.", "to: visit_occurence.", "Did you mean 'visit_occurrence'?"),
        ("occurrence_id}", "ocurrence_id}", "Did you mean 'visit_occurrence_id'?"),
        ("count(*) from ${table}", "sum(1) from ${table}", "must begin with"),
        ("mustBe: 0", "mustBe: 1", "mustBe"),
        ("value: 0.05", "value: 5", "less than or equal to 1, not 5"),
        ("value: [discharge_to_concept_id]", "value: 3", "aliases"),
        ("name: discharged_to_concept_id", "name: visit_occurrence_id", "described 2 times"),
        ("  - name: visit_occurrence\n", "  - name: visits\n", "give all three the same name"),
        ("kind: DataContract", "kind: [DataContract", "not readable as YAML"),
        ("type: sql", "type: regex", "'sql'"),
        (VISITS, "", "the whole file"),
    ],
)
def test_a_fault_is_named_with_its_file_and_place(house, old, new, expected):
    said = faults(house, "omop_cdm", old, new)

    assert "visit_occurrence.yaml" in said
    assert expected in said


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("people: n_people", "people: n_peple", "Did you mean 'n_people'?"),
        ("counts: [n_people]", "counts: [n_people, n_row]", "there is no column 'n_row'"),
        ("sequence: step", "sequence: stepp", "Did you mean 'step'?"),
        ("level: aggregate", "level: agregate", "Did you mean 'aggregate'?"),
        ("derives:", "derive:", "Did you mean 'derives'?"),
        ("value: [study, step]", "value: [studdy, step]", "Did you mean 'study'?"),
        ("counts: [n_people]", "counts: []", "is not among the counts"),
    ],
)
def test_a_fault_in_the_disclosure_is_named(house, old, new, expected):
    said = faults(house, "marts", old, new)

    assert "attrition.yaml" in said
    assert expected in said


def test_a_layer_that_does_not_exist_gets_a_near_miss(house):
    with pytest.raises(BadInputError, match="Did you mean 'marts'"):
        load_contracts("mart", house)


def test_a_house_without_the_folder_says_so(tmp_path):
    with pytest.raises(BadInputError, match="data_contracts/omop_cdm is missing"):
        load_contracts("omop_cdm", tmp_path)
