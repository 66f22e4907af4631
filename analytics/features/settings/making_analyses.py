"""From what a settings file says of events to one analysis for each measure in each window."""

from itertools import product

from analytics.days import Window
from analytics.features.analysis import (
    COUNTS,
    Analysis,
    EventMeasure,
    is_free,
    ranges_in_words,
    window_name,
)
from analytics.features.concept_choice import ConceptChoice, RollUp
from analytics.features.settings.concept_sets import named_concepts, resolve_choice
from analytics.features.settings.written import WrittenAnalysis, WrittenSettings
from analytics.features.wording import wording_of


def make_analyses(
    written: WrittenSettings, end_day: int, faults: list[str]
) -> tuple[Analysis, ...]:
    """One analysis for each measure in each window; what cannot be made is added to `faults`."""
    made: list[Analysis] = []
    for number, each in enumerate(written.analyses):
        place = f"analyses[{number}] (id {each.id})"
        try:
            choice = _choice_of(written, each)
            roll_up = _roll_up_of(each)
        except ValueError as error:
            faults.append(f"{place}: {error}.")
            continue
        combined = product(each.measures, each.windows)
        for analysis_id, (measure, asked) in enumerate(combined, start=each.id):
            try:
                window = asked.ending_by(end_day)
            except ValueError as error:
                faults.append(f"{place}: {error}. Choose an end day in it.")
                continue
            if not is_free(analysis_id):
                faults.append(
                    f"{place}: {measure} would have id {analysis_id}, which is not one of those "
                    f"for one's own analyses: {ranges_in_words()}."
                )
                continue
            made.append(_make(each, analysis_id, measure, window, choice, roll_up))
    return tuple(made)


def _make(
    written: WrittenAnalysis,
    analysis_id: int,
    measure: EventMeasure,
    window: Window,
    choice: ConceptChoice | None,
    roll_up: RollUp | None,
) -> Analysis:
    of = written.name or written.domain
    is_by_concept = written.by == "concept" and measure != "distinct_concepts"
    subject = "{concept}" if is_by_concept else of.capitalize()
    if is_by_concept and roll_up:
        subject = "{concept} and what belongs to it"
    return Analysis(
        analysis_id=analysis_id,
        analysis_name=f"{of}_{measure}_{window_name(window)}",
        domain=written.domain,
        measure=measure,
        window=window,
        wording=wording_of(
            measure, written.domain, window, subject=subject, matched_by=written.matched_by
        ),
        missing_means_zero=measure in COUNTS,
        matched_by=written.matched_by,
        is_by_concept=is_by_concept,
        concepts=choice,
        roll_up=roll_up,
    )


def _choice_of(settings: WrittenSettings, written: WrittenAnalysis) -> ConceptChoice | None:
    """What the analysis chooses, less what the settings as a whole leave out.

    Its own `include` takes the place of that of the settings.
    """
    if written.domain == "cohort":
        ids = tuple(cohort.id for cohort in written.cohorts)
        return resolve_choice(ids, (), include_descendants=False)
    of_all, own = choice_as_written(settings), choice_as_written(written)
    if of_all is None or own is None:
        return own or of_all
    return ConceptChoice(
        included=own.included or of_all.included, excluded=own.excluded + of_all.excluded
    )


def choice_as_written(written: WrittenSettings | WrittenAnalysis) -> ConceptChoice | None:
    """What settings, or one analysis in them, say of concepts; raises `ValueError`."""
    return resolve_choice(
        written.include,
        written.exclude,
        include_descendants=written.include_descendants,
        exclude_descendants=written.exclude_descendants,
    )


def _roll_up_of(written: WrittenAnalysis) -> RollUp | None:
    if written.roll_up is None:
        return None
    if isinstance(written.roll_up, str):
        return RollUp(named=written.roll_up)
    return RollUp(ancestors=named_concepts(written.roll_up))
