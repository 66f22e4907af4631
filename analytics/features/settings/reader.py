"""Read feature settings: a preset by its name, or a YAML file by its path."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from analytics.definition_files import read_definition
from analytics.errors import BadInputError, near_miss
from analytics.features.analysis import Analysis, is_ones_own, ranges_in_words
from analytics.features.concept_choice import ConceptChoice
from analytics.features.demographics import FACTS
from analytics.features.prespecified.catalogue import (
    PRESETS,
    PrespecifiedAnalysis,
    analyses_of_preset,
    read_catalogue,
)
from analytics.features.scores import PRESPECIFIED_SCORES, SCORES, score_until
from analytics.features.settings.feature_settings import FeatureSettings
from analytics.features.settings.making_analyses import choice_as_written, make_analyses
from analytics.features.settings.written import WrittenSettings

DEFINITIONS = Path(__file__).resolve().parent / "definitions"
CATCHMENT_DEFAULT = "catchment-default"
FEATURE_PRESETS = (*PRESETS, CATCHMENT_DEFAULT)


def read_feature_settings(
    name_or_path: str | Path, *, end_day: int | None = None
) -> FeatureSettings:
    """The settings of a preset, or of the YAML file at a path.

    `end_day` replaces the file's own; a day of 0 or later that is asked for here is allowed.
    Raises `BadInputError` that names every fault of the file.
    """
    name = str(name_or_path)
    if name in PRESETS:
        asked = -1 if end_day is None else end_day
        return FeatureSettings(
            name=name,
            end_day=asked,
            is_day_0_asked_for=asked >= 0,
            prespecified=analyses_of_preset(name),
        )
    path = _path_of(name)
    written = read_definition(path, WrittenSettings)
    is_shipped = path.parent == DEFINITIONS and path.stem == CATCHMENT_DEFAULT
    faults: list[str] = []
    asked = written.end_day if end_day is None else end_day
    analyses = make_analyses(written, asked, faults)
    prespecified = _prespecified(written, faults)
    settings = FeatureSettings(
        name=CATCHMENT_DEFAULT if is_shipped else path.stem,
        end_day=asked,
        is_day_0_asked_for=written.is_day_0_allowed or (end_day is not None and end_day >= 0),
        prespecified=prespecified,
        concepts=_concepts(written, faults) if prespecified else None,
        analyses=analyses,
        facts=tuple(FACTS[fact] for fact in written.people),
        scores=tuple(score_until(score, asked) for score in written.scores if score in SCORES),
        are_units_harmonised=written.units == "harmonised",
        cohort_names={
            cohort.id: cohort.name for each in written.analyses for cohort in each.cohorts
        },
    )
    if not is_shipped:
        faults += _ids_out_of_range(analyses)
    faults += [*_ids_twice(settings.ones_own), *_later_days(settings)]
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise BadInputError(f"{path.name} has {count}:\n{lines}")
    return settings


@cache
def our_analyses() -> tuple[Analysis, ...]:
    """All our analyses: those of the main job's events, and each fact and score of ours."""
    main_job = read_feature_settings(CATCHMENT_DEFAULT)
    return (*main_job.analyses, *FACTS.values(), *SCORES.values())


def _path_of(name: str) -> Path:
    shipped = DEFINITIONS / f"{name}.yaml"
    if name == CATCHMENT_DEFAULT:
        return shipped
    path = Path(name)
    if path.is_file():
        return path
    raise BadInputError(
        f"there are no feature settings {name!r}: it is neither a preset nor a file."
        f"{near_miss(name, FEATURE_PRESETS)} Presets: {', '.join(FEATURE_PRESETS)}. "
        "Or give the path of a YAML file."
    )


def _concepts(written: WrittenSettings, faults: list[str]) -> ConceptChoice | None:
    try:
        return choice_as_written(written)
    except ValueError as error:
        faults.append(f"include, exclude: {error}.")
        return None


def _prespecified(written: WrittenSettings, faults: list[str]) -> tuple[PrespecifiedAnalysis, ...]:
    if isinstance(written.prespecified, str):
        asked = list(analyses_of_preset(written.prespecified))
    else:
        known = {analysis.analysis_id: analysis for analysis in read_catalogue()}
        faults += [
            f"prespecified: FeatureExtraction has no analysis {number}. Its ids are listed in "
            "analytics/features/prespecified/catalogue.csv."
            for number in written.prespecified
            if number not in known
        ]
        asked = [known[number] for number in written.prespecified if number in known]
    of_scores = {PRESPECIFIED_SCORES[s] for s in written.scores if s in PRESPECIFIED_SCORES}
    asked_ids = {analysis.analysis_id for analysis in asked} | of_scores
    return tuple(each for each in read_catalogue() if each.analysis_id in asked_ids)


def _ids_out_of_range(analyses: Iterable[Analysis]) -> list[str]:
    return [
        f"analyses: id {each.analysis_id} ({each.analysis_name}) is not one of those for one's own "
        f"analyses: {ranges_in_words()}."
        for each in analyses
        if not is_ones_own(each.analysis_id)
    ]


def _ids_twice(analyses: Iterable[Analysis]) -> list[str]:
    first: dict[int, Analysis] = {}
    faults = []
    for each in analyses:
        if each.analysis_id in first:
            faults.append(
                f"analyses: id {each.analysis_id} is used twice, by "
                f"{first[each.analysis_id].analysis_name} and {each.analysis_name}. Each measure "
                "in each window needs an id of its own, counted on from the `id` of its analysis."
            )
        first.setdefault(each.analysis_id, each)
    return faults


def _later_days(settings: FeatureSettings) -> list[str]:
    if settings.is_day_0_asked_for:
        return []
    late = [(f"{a.analysis_name} (id {a.analysis_id})", a.last_day) for a in settings.ones_own]
    if settings.prespecified:
        late.append(("the analyses of FeatureExtraction", settings.end_day))
    return [
        f"the window of {what} reaches day {last_day}: what happens from the index day on is not "
        "known before it. Let it end on day -1, or write `is_day_0_allowed: true`."
        for what, last_day in late
        if last_day >= 0
    ]
