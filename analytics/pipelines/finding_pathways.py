"""What `catchment pathways` is asked for: a study in a workspace, or a file of cohort rows."""

from dataclasses import dataclass
from pathlib import Path

from analytics.errors import BadInputError
from analytics.pipelines.pathways_of_rows import find_pathways_of_rows
from analytics.pipelines.steps import Display
from analytics.pipelines.studies import Answer, run_pathways


@dataclass(frozen=True, kw_only=True)
class PathwayRequest:
    """Either a study, or all of cohorts, settings and out."""

    study: str | None
    workspace: Path
    cohorts: Path | None
    settings: Path | None
    out: Path | None


def answer_pathways(request: PathwayRequest, display: Display) -> Answer:
    """Find the pathways and return what to show; raises BadInputError for half a request."""
    files = {
        "--cohorts": request.cohorts,
        "--settings": request.settings,
        "--out": request.out,
    }
    given = [option for option, path in files.items() if path is not None]
    lacking = [option for option, path in files.items() if path is None]
    if request.study is not None:
        if given:
            raise BadInputError(
                f"both the study '{request.study}' and {', '.join(given)} are given. "
                "Give a study, or cohort rows with their settings."
            )
        return run_pathways(request.study, workspace=request.workspace, display=display)
    if request.cohorts is None or request.settings is None or request.out is None:
        raise BadInputError(
            f"neither a study is given nor {', '.join(lacking)}. Use: catchment pathways STUDY, "
            "or: catchment pathways --cohorts rows.parquet --settings FILE.yaml --out DIR"
        )
    found = find_pathways_of_rows(
        cohorts=request.cohorts, settings=request.settings, out=request.out, display=display
    )
    return Answer(workspace=request.out, shown=tuple(found.tables()))
