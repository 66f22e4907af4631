"""Compile a kernel to machine code once, and keep it for the next run.

What was compiled lies in the cache folder of this user, apart for each state of these files: a
kernel that calls another one is compiled anew when either changes.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from numba import njit
from numba.core import config

from analytics.settings import cache_folder

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """The kernel as machine code that runs beside other threads; compiled at its first call.

    Where no folder can be written to, it is compiled in each run.
    """
    # Where numba keeps what it compiled is settled when a kernel is decorated.
    numbas = vars(config)
    before = numbas["CACHE_DIR"]
    numbas["CACHE_DIR"] = str(cache_folder() / "kernels" / _state_of_these_files())
    try:
        made = njit(kernel, cache=True, nogil=True)
    except RuntimeError:
        made = njit(kernel, nogil=True)
    finally:
        numbas["CACHE_DIR"] = before
    return cast(Kernel, made)


@cache
def _state_of_these_files() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
