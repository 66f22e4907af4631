"""Sites share the truth and differ in size, case-mix, recording and missing tables."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from analytics.errors import BadInputError
from analytics.simulator import simulate, simulate_sites, sites
from analytics.simulator.draws import Draws
from analytics.simulator.lives.bleeding import draw_bleeding
from analytics.simulator.lives.diseases import DIABETES
from analytics.simulator.lives.drug_courses import draw_courses
from analytics.simulator.lives.glycaemia import draw_glycaemia
from analytics.simulator.lives.hospital import draw_stays
from analytics.simulator.lives.people import FEMALE, MALE, PAYERS, draw_people
from analytics.simulator.lives.whole import draw_lives
from analytics.simulator.profile import load_profile
from analytics.simulator.records.prescriptions import CLINICAL_DRUGS
from analytics.simulator.records.recorded_here import USUAL_CODES
from analytics.simulator.site import CASE_MIX_DISEASES, Site, draw_sites
from analytics.simulator.sites import SimulatedSites, share_out
from analytics.simulator.world import World

PERSON_IDS = np.arange(1, 2_001)


def world_of(site: Site) -> World:
    return World(draws=Draws(seed=3), profile=load_profile("default"), site=site)


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> SimulatedSites:
    out = tmp_path_factory.mktemp("sites") / "network"
    return simulate_sites(persons=400, n_sites=5, seed=4, out=out)


@pytest.fixture(scope="module")
def neutral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(persons=400, seed=4, out=tmp_path_factory.mktemp("neutral") / "cdm").folder


@pytest.fixture(scope="module")
def sparing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same people at a site that writes down less, and in coarser words."""
    site = Site(
        conditions_recorded=0.7,
        measurements_recorded=0.6,
        units_recorded=0.8,
        prescribing="ingredients",
    )
    out = tmp_path_factory.mktemp("sparing") / "cdm"
    return simulate(persons=400, seed=4, out=out, site=site).folder


def test_the_first_sites_of_three_are_the_first_of_five():
    assert draw_sites(3, seed=9) == draw_sites(5, seed=9)[:3]
    assert draw_sites(3, seed=9) != draw_sites(3, seed=10)


def test_no_two_sites_are_alike():
    five = draw_sites(5, seed=9)

    for field in ("name", "size", "older", "race_weights", "conditions_recorded", "missing_tables"):
        assert len({getattr(site, field) for site in five}) == 5, field


def test_nobody_is_at_two_sites_and_everybody_is_at_one(network: SimulatedSites):
    ids = pl.concat([table(cdm.folder, "person")["person_id"] for cdm in network.cdms])

    assert sorted(ids.to_list()) == list(range(1, 401))
    assert [cdm.n_people for cdm in network.cdms] == list(share_out(400, network.sites))


def test_people_are_shared_out_by_size_and_each_site_has_somebody():
    three = (Site(size=2.0), Site(size=1.0), Site(size=1.0))

    assert share_out(4_001, three) == (2_000, 1_001, 1_000)
    assert share_out(3, (Site(size=50.0), Site(size=0.1), Site(size=0.1))) == (1, 1, 1)
    assert sum(share_out(997, draw_sites(7, seed=1))) == 997


def test_the_truth_says_how_each_site_differs(network: SimulatedSites):
    said = yaml.safe_load((network.folder / "truth" / "sites.yaml").read_text())["sites"]

    assert [one["name"] for one in said] == [site.name for site in network.sites]
    for one, site in zip(said, network.sites, strict=True):
        ids = table(network.folder / one["folder"], "person")["person_id"]
        assert (ids.min(), ids.max()) == (one["first_person_id"], one["last_person_id"])
        assert one["n_people"] == len(ids)
        assert one["conditions_recorded"] == site.conditions_recorded
        assert one["missing_tables"] == list(site.missing_tables)


def test_tables_that_a_site_never_had_are_not_there(network: SimulatedSites):
    every_table = {path.stem for path in network.cdms[0].folder.glob("*.parquet")}
    lacking = set()
    for cdm, site in zip(network.cdms, network.sites, strict=True):
        there = {path.stem for path in cdm.folder.glob("*.parquet")}
        assert every_table - there == set(site.missing_tables), site.name
        lacking |= set(site.missing_tables)

    assert {"measurement", "death", "drug_era"} <= lacking


def test_each_site_says_its_name(network: SimulatedSites):
    names = [table(cdm.folder, "cdm_source")["cdm_source_name"].item() for cdm in network.cdms]

    assert names == [f"{site.name}, simulated" for site in network.sites]


def test_the_same_facts_give_the_same_risks_at_every_site():
    here = world_of(Site())
    lives = draw_lives(PERSON_IDS, here)
    people, onsets = lives.people, lives.onsets
    courses = draw_courses(people, onsets, here.draws)
    hazard = draw_glycaemia(people, here).accumulated_hazard
    bleeding = draw_bleeding(people, onsets, courses, here)
    stays, _ = draw_stays(people, onsets, bleeding, here)

    for site in draw_sites(5, seed=9):
        there = world_of(site)
        there_bleeding = draw_bleeding(people, onsets, courses, there)
        there_stays, _ = draw_stays(people, onsets, bleeding, there)
        assert np.array_equal(draw_glycaemia(people, there).accumulated_hazard, hazard)
        assert np.array_equal(there_bleeding.risk_on_celecoxib, bleeding.risk_on_celecoxib)
        assert np.array_equal(there_bleeding.risk_on_diclofenac, bleeding.risk_on_diclofenac)
        assert np.array_equal(there_stays.readmission_risk, stays.readmission_risk)
    assert DIABETES not in CASE_MIX_DISEASES


def test_a_site_with_older_people_has_older_people():
    old, young = (
        draw_people(PERSON_IDS, Draws(seed=3), Site(older=tilt)).age_on(17_900).mean()
        for tilt in (0.1, -0.1)
    )

    assert old - young > 6


def test_a_site_may_have_more_women_and_other_races_and_payers():
    usual = draw_people(PERSON_IDS, Draws(seed=3), Site())
    other = draw_people(
        PERSON_IDS,
        Draws(seed=3),
        Site(
            more_female=0.4,
            race_weights=(1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0),
            payer_weights=(1.0, 4.0, 1.0, 1.0),
        ),
    )

    def odds_of_women(sex: np.ndarray) -> float:
        return float((sex == FEMALE).sum() / (sex == MALE).sum())

    medicaid = PAYERS.index("Medicaid")
    assert np.log(odds_of_women(other.sex) / odds_of_women(usual.sex)) == pytest.approx(
        0.4, abs=0.05
    )
    assert (other.race == 8516).mean() > 2 * (usual.race == 8516).mean()
    assert (other.payer == medicaid).mean() > 2 * (usual.payer == medicaid).mean()


def test_a_disease_may_be_more_frequent_at_a_site():
    usual = draw_lives(PERSON_IDS, world_of(Site()))
    other = draw_lives(PERSON_IDS, world_of(Site(disease_log_odds={"copd": 1.0})))

    def share(lives: object) -> float:
        return float(lives.onsets.present("copd")[:, 0].mean())  # type: ignore[attr-defined]

    assert share(other) > 1.6 * share(usual)


def test_a_site_that_writes_less_has_the_same_people_and_fewer_conditions(
    neutral: Path, sparing: Path
):
    for name in ("person", "observation_period", "visit_occurrence", "death"):
        assert table(sparing, name).equals(table(neutral, name)), name
    written = ["person_id", "condition_concept_id", "condition_start_date", "visit_occurrence_id"]
    all_conditions = table(neutral, "condition_occurrence").select(written)
    conditions = table(sparing, "condition_occurrence").select(written)
    assert conditions.join(all_conditions, on=written, how="anti", nulls_equal=True).is_empty()
    assert conditions.height / all_conditions.height == pytest.approx(0.7, abs=0.02)


def test_a_site_may_lack_results_and_units(neutral: Path, sparing: Path):
    measured, all_measured = table(sparing, "measurement"), table(neutral, "measurement")
    no_unit = measured["unit_concept_id"].is_null().mean()

    assert measured.height / all_measured.height == pytest.approx(0.6, abs=0.02)
    assert no_unit - all_measured["unit_concept_id"].is_null().mean() == pytest.approx(
        0.2, abs=0.02
    )


def test_ingredients_and_products_make_the_same_drug_eras(neutral: Path, sparing: Path):
    products = set(CLINICAL_DRUGS.values())
    written = set(table(sparing, "drug_exposure")["drug_concept_id"].to_list())

    assert written.isdisjoint(products)
    assert not set(table(neutral, "drug_exposure")["drug_concept_id"].to_list()).isdisjoint(
        products
    )
    assert table(sparing, "drug_era").equals(table(neutral, "drug_era"))


def test_a_site_may_use_only_the_first_code_of_a_disease(neutral: Path, tmp_path: Path):
    coarse = simulate(persons=400, seed=4, out=tmp_path / "cdm", site=Site(coarse_codes=1.0)).folder
    specific = set(USUAL_CODES)

    assert specific & set(table(neutral, "condition_occurrence")["condition_concept_id"])
    assert not specific & set(table(coarse, "condition_occurrence")["condition_concept_id"])


def test_the_same_seed_gives_byte_equal_sites(network: SimulatedSites, tmp_path: Path):
    again = simulate_sites(persons=400, n_sites=5, seed=4, out=tmp_path / "again")

    assert contents(again.folder) == contents(network.folder)


def test_a_dirty_site_does_not_depend_on_the_size_of_a_batch(tmp_path: Path):
    site = draw_sites(4, seed=9)[3]
    for name, size in (("whole", None), ("batches", 33)):
        simulate(
            persons=150,
            seed=5,
            out=tmp_path / name,
            site=site,
            first_person_id=1_001,
            dirty=True,
            people_in_a_batch=size,
        )

    assert contents(tmp_path / "whole") == contents(tmp_path / "batches")


def test_progress_goes_on_from_site_to_site(tmp_path: Path):
    told: list[tuple[int, int]] = []
    simulate_sites(
        persons=90,
        n_sites=3,
        seed=4,
        out=tmp_path / "sites",
        progress=lambda done, n: told.append((done, n)),
    )

    assert told == sorted(told)
    assert told[-1] == (90, 90)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("persons", "n_sites", "said"),
    [(2, 3, "each site needs at least one"), (100, 0, "--sites is 0"), (100, 51, "--sites is 51")],
)
def test_impossible_numbers_of_sites_are_refused(
    persons: int, n_sites: int, said: str, tmp_path: Path
):
    with pytest.raises(BadInputError, match=said):
        simulate_sites(persons=persons, n_sites=n_sites, seed=1, out=tmp_path / "sites")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind_when_the_second_site_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fails_later(**settings: object) -> object:
        if settings["site"].number == 2:  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")
        return simulate(**settings)  # type: ignore[arg-type]

    monkeypatch.setattr(sites, "simulate", fails_later)
    with pytest.raises(BadInputError, match="No space left"):
        simulate_sites(persons=20, n_sites=2, seed=1, out=tmp_path / "sites")
    assert list(tmp_path.iterdir()) == []
