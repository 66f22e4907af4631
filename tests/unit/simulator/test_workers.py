"""Worker processes: whatever ends them or their parent, nothing half-written and none is left."""

import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.errors import RunFailedError
from analytics.simulator import simulate, workers
from analytics.simulator.draws import Draws
from analytics.simulator.profile import load_profile
from analytics.simulator.workers import draw_in_workers
from analytics.simulator.world import World
from tests.support.command_line import COMMAND

SECONDS = 60
LONG = ("simulate", "--persons", "400000", "--processes", "2", "--out", "people")
SMALLEST_FILE = 60_000


def children_of(process: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, parent, state in rows if int(parent) == process and state[0] != "Z"]


def is_gone(process: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return state == "" or state.startswith("Z")


def wait_until(is_so) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def at_work(tmp_path: Path):
    """A long simulation with its two workers, begun in an empty folder."""
    command = subprocess.Popen(
        [COMMAND, *LONG],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    processes = [command.pid]
    try:
        wait_until(lambda: (tmp_path / ".people.being-written" / "measurement.parquet").exists())
        processes += children_of(command.pid)
        assert len(processes) == 3
        yield command, processes[1:]
    finally:
        for process in processes:
            if not is_gone(process):
                os.kill(process, signal.SIGKILL)
        command.communicate()


def test_ctrl_c_leaves_no_file_and_no_process(at_work, tmp_path: Path):
    command, processes = at_work
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=SECONDS)
    assert command.returncode != 0
    assert "Traceback" not in said
    wait_until(lambda: all(is_gone(process) for process in processes))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.agreement
def test_workers_end_by_themselves_when_their_parent_is_killed(at_work, tmp_path: Path):
    command, processes = at_work
    command.kill()
    command.wait()
    wait_until(lambda: all(is_gone(process) for process in processes))
    assert not (tmp_path / "people").exists()


def test_a_worker_that_is_killed_is_told_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    begun: list[subprocess.Popen[bytes]] = []
    start = workers._start

    def started(task):
        begun.append(start(task))
        return begun[-1]

    monkeypatch.setattr(workers, "_start", started)
    with pytest.raises(RunFailedError, match=r"exit code -9.*--processes 1"):
        simulate(
            persons=600,
            seed=1,
            out=tmp_path / "cdm",
            processes=2,
            people_in_a_batch=20,
            progress=lambda done, n: begun[0].kill(),
        )
    assert [worker.poll() is None for worker in begun] == [False, False]
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_a_worker_is_that_of_its_parent():
    world = World(draws=Draws(seed=1), profile=load_profile("default"))
    broken = replace(world, density="much")
    with pytest.raises(TypeError):
        list(draw_in_workers([range(1, 4), range(4, 7)], broken, 2))


@pytest.mark.agreement
def test_a_program_without_a_guard_may_use_processes(tmp_path: Path):
    program = (
        "from pathlib import Path\n"
        "from analytics.simulator import simulate\n"
        "simulate(persons=20, seed=1, out=Path('cdm'), processes=2, people_in_a_batch=10)\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=program, cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "cdm" / "person.parquet").exists()


@pytest.mark.parametrize(
    "out", ["people", pytest.param("people.duckdb", marks=pytest.mark.agreement)]
)
def test_where_no_more_can_be_written_nothing_is_left_behind(out: str, tmp_path: Path):
    """The kernel refuses to let any file grow, as on a full disk."""
    form = "duckdb" if out.endswith("duckdb") else "parquet"
    done = subprocess.run(
        [COMMAND, "simulate", "--persons", "300", "--out", out, "--format", form],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (SMALLEST_FILE, resource.RLIM_INFINITY)
        ),
    )
    assert done.returncode == 2, done.stderr
    assert f"Writing the simulated people to {out} failed" in done.stderr
    assert "Nothing was left behind" in done.stderr
    assert list(tmp_path.iterdir()) == []
