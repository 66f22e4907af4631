"""What dbt writes lies in its project, wherever the process stands."""

from pathlib import Path

from analytics.warehouse.dbt_invocation import invoke_dbt

PROJECT = {
    "dbt_project.yml": "name: tiny\nversion: 1.0.0\nprofile: tiny\nmodel-paths: [models]\n",
    "profiles.yml": (
        "tiny:\n  target: here\n  outputs:\n    here: {type: duckdb, path: ':memory:'}\n"
    ),
    "models/one.sql": "select 1 as one\n",
}


def test_the_manifest_of_a_relative_project_lies_in_the_project(tmp_path, monkeypatch):
    for name, text in PROJECT.items():
        file = tmp_path / "workspace" / "dbt" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.chdir(tmp_path)

    outcome = invoke_dbt(Path("workspace/dbt"), ["parse"])

    assert outcome.succeeded, outcome
    found = [path.relative_to(tmp_path) for path in tmp_path.rglob("manifest.json")]
    assert [str(path) for path in found] == ["workspace/dbt/target/manifest.json"]
