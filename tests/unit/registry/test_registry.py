"""A package: the same risks after a journey, nothing of a person in it, no change unnoticed."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from analytics.errors import BadInputError, RunFailedError
from analytics.evaluation import Counts, calibration_curve, measure_performance, predictions_of
from analytics.fairness import audit, group_people
from analytics.models import PopulationRows, plan_validation, train_models
from analytics.registry import (
    check_package,
    load_package,
    make_package,
    model_id_of,
    save_package,
    write_model_card,
)
from analytics.studies import load_study
from tests.support.planted_risks import planted_population

MODELS = ("xgboost", "logistic_l1", "age_and_sex")
STUDY_YAML = "name: gi_bleed_nsaid_1y\n"
RACES = ("White", "Black or African American", "Asian")


@pytest.fixture(scope="module")
def planted():
    return planted_population(600)


@pytest.fixture(scope="module")
def packages(planted):
    """A package of each model, with five people of a race among 150 who are judged."""
    plan = plan_validation(
        person_id=planted.person_id,
        had_outcome=planted.had_outcome,
        validation="split",
        test_share=0.25,
        generator=np.random.default_rng(1),
    )
    trained = train_models(
        rows=planted.rows,
        person_id=planted.person_id,
        had_outcome=planted.had_outcome,
        models=MODELS,
        plan=plan,
        capacity_share=0.1,
        seed=1,
        threads=2,
    )
    rows = plan.is_test
    person_id = planted.person_id[rows]
    rank = np.unique(person_id, return_inverse=True)[1]
    people = pl.DataFrame(
        {
            "sex": planted.rows.sex[rows],
            "race": [RACES[2] if each < 5 else RACES[each % 2] for each in rank],
            "age": planted.rows.age[rows].astype(int),
        }
    )
    made = {}
    for name, each in trained.items():
        judged = predictions_of(person_id, planted.had_outcome[rows], each.evaluation_risk)
        made[name] = make_package(
            study=load_study("gi_bleed_nsaid_1y"),
            study_yaml=STUDY_YAML,
            model=each.model,
            covariate_reference=planted.covariate_reference.with_columns(n_people=pl.lit(3)),
            learned_from=Counts(
                n_rows=900, n_people=450, n_outcomes=200, n_people_with_outcome=180
            ),
            validation=plan.kind,
            performance=measure_performance(
                judged, replicates=20, generator=np.random.default_rng(1)
            ),
            calibration=calibration_curve(judged),
            audit=audit(
                predictions=judged,
                groups=group_people(people, ("sex", "race")),
                threshold=each.model.threshold,
                replicates=20,
                generator=np.random.default_rng(1),
            ).rows,
        )
    return made


@pytest.mark.parametrize("name", MODELS)
def test_a_package_predicts_the_same_after_saving_and_loading(packages, planted, tmp_path, name):
    folder = save_package(packages[name], tmp_path)

    again = load_package(folder)

    assert (again.predict(planted.rows) == packages[name].predict(planted.rows)).all()
    assert again.model.threshold == packages[name].model.threshold
    assert again.covariate_id.tolist() == planted.covariate_reference["covariate_id"].to_list()
    assert again.study == packages[name].study
    assert again.audit.equals(packages[name].audit)


def test_the_id_is_of_the_content_and_of_nothing_else(packages, tmp_path):
    package = packages["logistic_l1"]
    first = save_package(package, tmp_path / "here")
    second = save_package(package, tmp_path / "there")
    other = replace(package, study_yaml=STUDY_YAML + "seed: 2\n")

    assert first.name == second.name == model_id_of(package)
    assert model_id_of(load_package(first)) == first.name
    assert model_id_of(other) != first.name
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes()
    assert first.parent.name == "gi_bleed_nsaid_1y"


def test_the_same_package_saved_twice_is_there_once(packages, tmp_path):
    first = save_package(packages["age_and_sex"], tmp_path)
    second = save_package(packages["age_and_sex"], tmp_path)

    assert first == second
    assert [each.name for each in first.parent.iterdir()] == [first.name]


def test_a_write_cut_short_leaves_no_package_and_the_next_one_succeeds(
    packages, tmp_path, monkeypatch
):
    def power_cut(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.rename", power_cut)
        with pytest.raises(KeyboardInterrupt):
            save_package(packages["age_and_sex"], tmp_path)
    left = [each.name for each in (tmp_path / "gi_bleed_nsaid_1y").iterdir()]
    assert all(name.startswith(".") for name in left)

    assert check_package(save_package(packages["age_and_sex"], tmp_path))


@pytest.mark.parametrize(
    "file", ["scorer.json", "covariates.parquet", "model_card.md", "model.json"]
)
def test_a_changed_file_is_named(packages, tmp_path, file):
    folder = save_package(packages["age_and_sex"], tmp_path)
    (folder / file).write_bytes((folder / file).read_bytes() + b" ")

    with pytest.raises(BadInputError, match=f"{file} was changed"):
        load_package(folder)


def test_a_changed_file_whose_hash_was_changed_too_is_noticed(packages, tmp_path):
    folder = save_package(packages["age_and_sex"], tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["model.json"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BadInputError, match=r"manifest\.json was changed"):
        load_package(folder)


def test_a_missing_file_is_named(packages, tmp_path):
    folder = save_package(packages["age_and_sex"], tmp_path)
    (folder / "audit.parquet").unlink()

    with pytest.raises(BadInputError, match=r"audit\.parquet is missing"):
        load_package(folder)


def test_another_folder_is_not_a_package(tmp_path):
    with pytest.raises(BadInputError, match="is not a model package"):
        load_package(tmp_path)


def test_a_damaged_package_is_replaced_when_it_is_made_again(packages, tmp_path):
    folder = save_package(packages["age_and_sex"], tmp_path)
    (folder / "model.json").write_text("{}")

    assert check_package(save_package(packages["age_and_sex"], tmp_path)) == folder.name


def test_no_id_of_a_person_and_no_count_of_a_group_is_in_a_package(packages, planted, tmp_path):
    folder = save_package(packages["logistic_l1"], tmp_path)

    for file in folder.glob("*.parquet"):
        frame = pl.read_parquet(file)
        assert not [name for name in frame.columns if name.startswith("n_") or "person" in name]
    # The ids are 100, 107, 114, ...: look for the larger ones as words of their own.
    words = {
        word
        for file in folder.glob("*.json")
        for word in file.read_text().replace(",", " ").replace('"', " ").split()
    }
    assert not words & {str(each) for each in planted.person_id if each > 3_000}


def test_a_group_of_five_people_has_no_figures_in_a_package(packages):
    small = packages["xgboost"].audit.filter(pl.col("group_name") == "Asian")

    assert small.height > 0
    assert small.select("value", "value_lower", "difference").null_count().row(0) == (
        (small.height,) * 3
    )
    assert set(small["verdict"]) == {"too few to show"}


def test_few_people_with_the_outcome_are_withheld_from_the_card(packages):
    package = make_package(
        study=load_study("gi_bleed_nsaid_1y"),
        study_yaml=STUDY_YAML,
        model=packages["age_and_sex"].model,
        covariate_reference=packages["age_and_sex"].covariates,
        learned_from=Counts(n_rows=900, n_people=450, n_outcomes=17, n_people_with_outcome=9),
        validation="cross_validation",
        performance=pl.DataFrame(
            {
                "metric": ["auroc"],
                "value": [0.987],
                "value_lower": [0.9],
                "value_upper": [1.0],
                "n_rows": [900],
                "n_people": [450],
                "n_outcomes": [17],
                "n_people_with_outcome": [9],
            }
        ),
        calibration=packages["age_and_sex"].calibration.with_columns(
            n_people=pl.lit(100), n_people_with_outcome=pl.lit(50)
        ),
        audit=packages["age_and_sex"].audit.with_columns(
            n_people=pl.lit(100), n_people_with_outcome=pl.lit(50)
        ),
    )
    card = write_model_card(package, "abc")

    assert "few (withheld) people with the outcome" in card
    assert "17" not in card.split("## Made with")[0]
    assert "0.987" not in card


def test_the_card_says_what_a_reader_must_know(packages, tmp_path):
    folder = save_package(packages["xgboost"], tmp_path)
    card = (folder / "model_card.md").read_text()
    study = load_study("gi_bleed_nsaid_1y")

    assert folder.name in card
    assert study.outcome_in_words in card
    assert study.intended_use.strip() in card
    assert "450 people" in card
    assert "AUROC" in card
    assert "too few people to say anything of Asian" in card
    assert "comparisons show a disparity after allowance for the number of groups" in card
    assert "## What the audit cannot see" in card
    assert "its outcomes are missed in the same way as its risks" in card
    assert "xgboost 3.2.0" in card


def test_rows_with_other_covariates_are_refused(packages):
    rows = planted_population(20).rows
    fewer = PopulationRows(covariates=rows.covariates[:, :5], age=rows.age, sex=rows.sex)

    with pytest.raises(RunFailedError, match="trained on 61 covariates, and the rows have 5"):
        packages["xgboost"].predict(fewer)


def test_a_waiver_stays_on_the_model_card_and_in_the_package(packages, tmp_path):
    said = "field_x is past its limit. Waived by A. Person on 2026-11-22: known."
    package = replace(packages["age_and_sex"], waivers=(said,))

    folder = save_package(package, tmp_path)

    assert f"## Data past their limits\n\n- {said}" in (folder / "model_card.md").read_text()
    assert load_package(folder).waivers == (said,)
    assert model_id_of(package) != model_id_of(packages["age_and_sex"])
    assert "past their limits" not in write_model_card(packages["age_and_sex"], "id")
