"""Landing: the same CDM lands alike from Parquet, CSV and DuckDB; what does not fit is named."""

import duckdb
import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError, ContractBreachError
from analytics.warehouse import Workspace, land, open_cdm
from analytics.warehouse.workspace import connect, read_frame
from tests.support.pictured_cdm import pictured_tables, write_pictured_cdm
from tests.support.tiny_cdm import clean_cdm, frames, write_csv, write_parquet


@pytest.fixture(scope="module")
def contracts():
    return load_contracts("omop_cdm")


def landed(workspace, name):
    with connect(workspace, read_only=True) as connection:
        return read_frame(connection, f"select * from cdm.{name} order by all")


def test_parquet_csv_and_duckdb_land_alike_in_the_types_of_the_contract(tmp_path, contracts):
    tables = frames(clean_cdm())
    for kind in ("parquet", "csv"):
        (tmp_path / kind).mkdir()
    sources = {
        "parquet": write_parquet(tmp_path / "parquet", tables),
        "csv": write_csv(tmp_path / "csv", tables),
        "duckdb": tmp_path / "cdm.duckdb",
    }
    with duckdb.connect(str(sources["duckdb"])) as connection:
        for name, frame in tables.items():
            connection.register("rows", frame.to_arrow())
            connection.execute(f"create table {name} as select * from rows")
    workspaces = {kind: Workspace(root=tmp_path / f"w_{kind}") for kind in sources}

    counts = {
        kind: land(open_cdm(path), workspaces[kind], contracts) for kind, path in sources.items()
    }

    assert counts["parquet"] == counts["csv"] == counts["duckdb"]
    assert counts["parquet"] == {name: tables[name].height for name in contracts}
    for name, frame in tables.items():
        for kind in sources:
            assert landed(workspaces[kind], name).equals(frame.sort(frame.columns)), (kind, name)


def test_of_relationships_only_those_that_map_are_landed(tmp_path, contracts):
    folder = write_pictured_cdm(
        tmp_path / "cdm",
        concept_relationship="""
            concept_id_1 | concept_id_2 | relationship_id
                       1 |            2 | Maps to
                       2 |            1 | Mapped from
        """,
    )
    workspace = Workspace(root=tmp_path / "w")

    assert land(open_cdm(folder), workspace, contracts)["concept_relationship"] == 1
    assert landed(workspace, "concept_relationship")["relationship_id"].to_list() == ["Maps to"]


def test_text_in_a_csv_keeps_its_leading_zeros(tmp_path, contracts):
    folder = write_pictured_cdm(tmp_path / "cdm")
    (folder / "person.parquet").unlink()
    (folder / "person.csv").write_text(
        "person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id,"
        "person_source_value\n1,8507,1950,0,0,007\n"
    )
    workspace = Workspace(root=tmp_path / "w")

    land(open_cdm(folder), workspace, contracts)

    assert landed(workspace, "person")["person_source_value"].to_list() == ["007"]


def test_missing_tables_are_empty_and_missing_columns_null(tmp_path, contracts):
    folder = write_pictured_cdm(tmp_path / "cdm")
    needed = [c.name for c in contracts["person"].columns if c.must_exist]
    pl.DataFrame({name: [1] for name in needed}).write_parquet(folder / "person.parquet")
    workspace = Workspace(root=tmp_path / "w")

    counts = land(open_cdm(folder), workspace, contracts)

    assert counts["drug_exposure"] == 0
    assert landed(workspace, "drug_exposure").columns == list(
        contracts["drug_exposure"].column_names
    )
    assert landed(workspace, "person")["care_site_id"].to_list() == [None]
    present = dict(landed(workspace, "landed_table").iter_rows())
    assert present["person"] is True
    assert present["drug_exposure"] is False


def test_names_of_cdm_5_3_become_those_of_5_4(tmp_path, contracts):
    visits = pictured_tables(
        visit_occurrence="""
    person_id | visit_concept_id | visit_start_date | visit_end_date | discharged_to_concept_id
            1 |             9201 | 2020-01-01       | 2020-01-02     |                  4216643
        """
    )["visit_occurrence"].rename({"discharged_to_concept_id": "discharge_to_concept_id"})
    folder = write_pictured_cdm(tmp_path / "cdm")
    visits.write_parquet(folder / "visit_occurrence.parquet")
    workspace = Workspace(root=tmp_path / "w")

    land(open_cdm(folder), workspace, contracts)

    assert landed(workspace, "visit_occurrence")["discharged_to_concept_id"].to_list() == [4216643]


def test_every_missing_table_and_column_is_named_at_once(tmp_path, contracts):
    pl.DataFrame({"person_id": [1]}).write_parquet(tmp_path / "person.parquet")

    with pytest.raises(ContractBreachError) as caught:
        land(open_cdm(tmp_path), Workspace(root=tmp_path / "w"), contracts)

    assert "table observation_period is missing" in str(caught.value)
    assert "person.gender_concept_id is missing" in str(caught.value)
    assert not (tmp_path / "w" / "warehouse.duckdb").exists()


def test_text_in_a_date_is_named_with_its_column_and_the_table_keeps_its_old_rows(
    tmp_path, contracts
):
    folder = write_pictured_cdm(tmp_path / "cdm", death="person_id | death_date\n 1 | 2020-01-01")
    workspace = Workspace(root=tmp_path / "w")
    land(open_cdm(folder), workspace, contracts)
    (folder / "death.parquet").unlink()
    (folder / "death.csv").write_text("person_id,death_date\n1,2020-01-01\n2,last spring\n")

    with pytest.raises(BadInputError, match=r"death.death_date holds 'last spring', .*1 such row"):
        land(open_cdm(folder), workspace, contracts)

    assert landed(workspace, "death").height == 1


def test_only_the_tables_asked_for_are_landed_again(tmp_path, contracts):
    folder = write_pictured_cdm(tmp_path / "cdm", person="person_id | year_of_birth\n 1 | 1950")
    workspace = Workspace(root=tmp_path / "w")
    land(open_cdm(folder), workspace, contracts)
    write_pictured_cdm(
        folder,
        person="person_id | year_of_birth\n 1 | 1950\n 2 | 1960",
        death="person_id | death_date\n 1 | 2020-01-01",
    )

    assert land(open_cdm(folder), workspace, contracts, tables=["death"]) == {"death": 1}

    assert landed(workspace, "person").height == 1
