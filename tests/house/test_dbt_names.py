"""Names in the dbt project fit every warehouse: PostgreSQL takes 63 characters and no more."""

from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
LONGEST = 63


def test_models_and_seeds_have_names_that_postgresql_takes_whole():
    files = [*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("seeds/**/*.csv")]

    assert len(files) > 50
    assert [path.stem for path in files if len(path.stem) > LONGEST] == []


def test_unit_tests_have_names_that_postgresql_takes_whole():
    texts = (path.read_text() for path in PROJECT.glob("models/**/*.yml"))
    names = [
        unit_test["name"]
        for text in texts
        for unit_test in yaml.safe_load(text).get("unit_tests", [])
    ]

    assert len(names) > 10
    assert [name for name in names if len(name) > LONGEST] == []
