"""One step of the product as a process of its own: how long it took, and its peak memory."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

HEADER = f"{'people':>9}  {'step':<24}{'wall s':>9}{'CPU s':>9}{'peak GiB':>10}"


def time_step(persons: int, step: str, arguments: list[str]) -> None:
    """Run `catchment` with these arguments and print one line; leave when it fails."""
    time_command(persons, step, catchment_command(*arguments))


def catchment_command(*arguments: str) -> list[str]:
    """The command `catchment` of this environment with its arguments."""
    return [str(Path(sys.executable).with_name("catchment")), *arguments]


def time_command(persons: int, step: str, command: list[str]) -> float:
    """Run a command and print one line; leave when it fails. Gives its CPU seconds."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{step} failed:\n{said}")
    gib = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30
    print(f"{persons:>9,}  {step:<24}{wall:>9.1f}{_cpu(used):>9.1f}{gib:>10.2f}", flush=True)
    return _cpu(used)


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime
