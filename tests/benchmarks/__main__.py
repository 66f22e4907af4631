"""Time the main job, step by step, at 20,000 and 100,000 people: wall, CPU and peak memory.

Each step is a process of its own, so that its peak memory is its own. Run as
`python -m tests.benchmarks [PERSONS ...]`.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = "readmission_30d"


def main(sizes: list[int]) -> None:
    print(f"{'people':>9}  {'step':<40}{'wall s':>9}{'CPU s':>9}{'peak GiB':>10}")
    for persons in sizes:
        with tempfile.TemporaryDirectory(prefix="catchment-bench-") as folder:
            people, workspace = Path(folder) / "people", Path(folder) / "workspace"
            _time(
                persons, "simulate", "--persons", str(persons), "--seed", "1", "--out", str(people)
            )
            _time(persons, "check", str(people), "--out", f"{folder}/quality")
            _time(persons, "build", "--cdm", str(people), "--workspace", str(workspace))
            for step in ("population", "covariates", "train", "evaluate", "predict"):
                _time(persons, "run", STUDY, "--workspace", str(workspace), "--until", step)
            _time(persons, "run", STUDY, "--workspace", str(workspace))
            _time(persons, "pathways", "diabetes_treatment", "--workspace", str(workspace))


def _time(persons: int, *arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("catchment")), *arguments]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    name = " ".join(word for word in arguments if "/" not in word and not word.startswith("--work"))
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{name} failed:\n{said}")
    gib = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    print(f"{persons:>9,}  {name[:38]:<40}{wall:>9.1f}{_cpu(used):>9.1f}{gib:>10.2f}", flush=True)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [20_000, 100_000])
