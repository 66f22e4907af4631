"""The CDM that a workspace has landed is read like the one it came from."""

from analytics.contracts import load_contracts
from analytics.warehouse import Workspace, land, open_cdm
from analytics.warehouse.cdm_files import parquet_tables
from analytics.warehouse.cdm_frames import cdm_frames
from analytics.warehouse.landed_cdm import open_landed_cdm
from tests.support.pictured_cdm import write_pictured_cdm

PEOPLE = """
    person_id | year_of_birth
    ----------+--------------
            2 |          1950
           -1 |          1960
"""
ERAS = """
    person_id | drug_concept_id | drug_era_start_date | drug_era_end_date
    ----------+-----------------+---------------------+------------------
            2 |               9 |          2020-01-01 |        2020-02-01
           -1 |               8 |          2020-03-01 |        2020-03-01
"""


def test_tables_that_the_cdm_had_are_there_and_no_others(tmp_path):
    contracts = {
        name: contract
        for name, contract in load_contracts("omop_cdm").items()
        if name in ("person", "observation_period", "drug_era", "measurement")
    }
    source = open_cdm(write_pictured_cdm(tmp_path / "cdm", person=PEOPLE, drug_era=ERAS))
    place = Workspace(root=tmp_path / "workspace")
    land(source, place, contracts)
    landed = open_landed_cdm(place)

    assert landed.table_names == source.table_names == ("drug_era", "observation_period", "person")
    columns = {"person": ("person_id", "year_of_birth"), "drug_era": ("person_id",)}
    before, after = cdm_frames(source, columns), cdm_frames(landed, columns)
    for name, wanted in columns.items():
        rows = before[name].select(wanted).sort("person_id").collect()
        assert after[name].select(wanted).sort("person_id").collect().rows() == rows.rows()
    files = parquet_tables(
        landed, columns, tmp_path / "copies", by_person=False, memory_gib=0.5, threads=1
    )
    assert sorted(files) == ["drug_era", "person"]
