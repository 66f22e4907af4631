"""Time the main job, step by step, at 20,000 and 100,000 people: wall, CPU and peak memory.

Each step is a process of its own (earlier steps of a study are reused), so that its peak memory is
its own and each wall time holds a second or two of starting Python. Run as
`python -m tests.benchmarks [PERSONS ...]`; `python -m tests.benchmarks simulate [PERSONS ...]`
times the simulator alone, all processes against one, and
`python -m tests.benchmarks cohorts [PERSONS ...]` 20 cohorts of definitions, and
`python -m tests.benchmarks features [PERSONS ...]` covariates against hand-written SQL;
`python -m tests.benchmarks engines [PERSONS]` covariates on Polars against those on Spark;
`python -m tests.benchmarks pathways [PEOPLE ...]` pathways of cohort rows in both readings;
`python -m tests.benchmarks quality [PERSONS | FOLDER] [plainly]` all checks of 20 million rows.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks import cohorts, engines, features, pathways, quality, simulate
from tests.benchmarks.timing import HEADER, time_step

STUDY = "readmission_30d"
STEPS_OF_A_STUDY = ("population", "covariates", "train", "evaluate", "predict")


def main(sizes: list[int]) -> None:
    print(HEADER)
    for persons in sizes:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            for step, arguments in _steps(persons, Path(folder)):
                time_step(persons, step, arguments)


def _steps(persons: int, folder: Path) -> list[tuple[str, list[str]]]:
    people, workspace, quality = (str(folder / name) for name in ("people", "workspace", "quality"))
    study = ["run", STUDY, "--workspace", workspace]
    return [
        ("simulate", ["simulate", "--persons", str(persons), "--out", people]),
        ("check", ["check", people, "--out", quality]),
        ("build", ["build", "--cdm", people, "--workspace", workspace]),
        *((step, [*study, "--until", step]) for step in STEPS_OF_A_STUDY),
        ("publish", study),
        ("pathways and publish", ["pathways", "diabetes_treatment", "--workspace", workspace]),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["simulate"]:
        simulate.main(sys.argv[2:])
    elif sys.argv[1:2] == ["cohorts"]:
        cohorts.main(sys.argv[2:])
    elif sys.argv[1:2] == ["features"]:
        features.main(sys.argv[2:])
    elif sys.argv[1:2] == ["engines"]:
        engines.main(sys.argv[2:])
    elif sys.argv[1:2] == ["pathways"]:
        pathways.main(sys.argv[2:])
    elif sys.argv[1:2] == ["quality"]:
        quality.main(sys.argv[2:])
    else:
        main([int(word) for word in sys.argv[1:]] or [20_000, 100_000])
