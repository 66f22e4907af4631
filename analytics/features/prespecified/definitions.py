"""From tables to covariates: which definition serves which analyses. One pass over each table."""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from analytics.features.certificate import rows_read
from analytics.features.concept_choice import ConceptChoice
from analytics.features.definition import AnyLazyFrame
from analytics.features.prespecified.answers import answers_by_window
from analytics.features.prespecified.care_sites import care_site_at_index, visits_read
from analytics.features.prespecified.catalogue import Measure, PrespecifiedAnalysis
from analytics.features.prespecified.concept_members import choose_concepts
from analytics.features.prespecified.counts import UNSTRATIFIED, add_up
from analytics.features.prespecified.events import (
    by_window,
    latest_by_concept,
    read_records,
    relative_to_index,
    with_id,
)
from analytics.features.prespecified.groups import groups_of, rolled_up
from analytics.features.prespecified.ids import plain_id, range_id, value_id
from analytics.features.prespecified.inpatient import in_a_stay
from analytics.features.prespecified.people import describe_people
from analytics.features.prespecified.range_groups import latest_by_range_group
from analytics.features.prespecified.scores import score_people
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.times import measure_times, times_read
from analytics.features.prespecified.values import latest_values
from analytics.features.prespecified.windows import is_reached

Analyses = Sequence[PrespecifiedAnalysis]
TIMES: frozenset[Measure] = frozenset({"prior_observation", "post_observation", "time_in_cohort"})
PLAIN = plain_id(nw.col("concept_id"), nw.col("analysis_id"))
ALONE = plain_id(nw.lit(UNSTRATIFIED, nw.Int64), nw.col("analysis_id"))


@dataclass(frozen=True, kw_only=True)
class Made:
    """What one table gives: covariates, and what was read for them.

    `read` are single rows of `certificate.rows_read`. `answered` are covariates of concepts with
    their answers, two of which may share an id: that is settled once all people are done.
    """

    covariates: AnyLazyFrame | None
    read: tuple[AnyLazyFrame, ...]
    answered: AnyLazyFrame | None = None

    def and_also(self, other: "Made") -> "Made":
        """What both give together."""
        found = [each.covariates for each in (self, other) if each.covariates is not None]
        answered = [each.answered for each in (self, other) if each.answered is not None]
        return Made(
            covariates=nw.concat(found) if found else None,
            read=self.read + other.read,
            answered=nw.concat(answered) if answered else None,
        )


def of_measure(analyses: Analyses, *measures: Measure) -> list[PrespecifiedAnalysis]:
    """The analyses that compute one of `measures`."""
    return [analysis for analysis in analyses if analysis.measure in measures]


def of_people(
    cdm: Cdm, rows: AnyLazyFrame, analyses: Analyses, choice: ConceptChoice | None = None
) -> Made | None:
    """Covariates of the analyses that read no events."""
    timed = of_measure(analyses, *TIMES)
    care_site = of_measure(analyses, "care_site")
    facts = [
        analysis
        for analysis in analyses
        if not analysis.table and analysis not in timed and analysis not in care_site
    ]
    parts = [
        *([describe_people(cdm, rows, facts, choice)] if facts else []),
        *measure_times(cdm, rows, timed),
        *(care_site_at_index(cdm, rows, analysis) for analysis in care_site),
    ]
    certified = [
        *times_read(cdm, rows, timed),
        *(visits_read(cdm, rows, analysis) for analysis in care_site),
    ]
    return Made(covariates=nw.concat(parts), read=tuple(certified)) if parts else None


def of_table(
    cdm: Cdm,
    rows: AnyLazyFrame,
    table: str,
    analyses: Analyses,
    end_day: int,
    choice: ConceptChoice | None = None,
) -> Made:
    """Covariates of the analyses that read `table`; scores read it whatever is chosen."""
    records = read_records(cdm, table)
    scores = of_measure(analyses, "score")
    if choice is None or len(scores) == len(analyses):
        return _of_records(cdm, rows, table, records, analyses, end_day)
    others = [analysis for analysis in analyses if analysis not in scores]
    chosen = choose_concepts(cdm, records, choice, as_they_come=True)
    made = _of_records(cdm, rows, table, chosen, others, end_day, choice)
    return made.and_also(_of_records(cdm, rows, table, records, scores, end_day))


def _of_records(
    cdm: Cdm,
    rows: AnyLazyFrame,
    table: str,
    records: AnyLazyFrame,
    analyses: Analyses,
    end_day: int,
    choice: ConceptChoice | None = None,
) -> Made:
    read = relative_to_index(records, rows, end_day)
    latest = latest_by_concept(read)
    in_stays = of_measure(analyses, "inpatient_concept")
    others = [analysis for analysis in analyses if analysis not in in_stays]
    certified = [_read_for(read, others, end_day)] if others else []
    parts = []
    if asked := of_measure(analyses, "concept"):
        parts.append(_flags(latest, asked, end_day))
    if in_stays:
        inpatient = relative_to_index(in_a_stay(cdm, records), rows, end_day)
        parts.append(_flags(latest_by_concept(inpatient), in_stays, end_day))
        certified.append(_read_for(inpatient, in_stays, end_day))
    if asked := of_measure(analyses, "concept_group"):
        groups = groups_of(cdm, table)
        wanted = choose_concepts(cdm, groups, choice, column="group_id", as_they_come=True)
        parts.append(_flags(rolled_up(latest, wanted), asked, end_day))
    if asked := of_measure(analyses, "distinct_concepts"):
        parts.append(with_id(add_up(latest, asked, end_day, index=("row_id",)), ALONE))
    if asked := of_measure(analyses, "records"):
        parts.append(with_id(add_up(read, asked, end_day, index=("row_id",)), ALONE))
    if asked := of_measure(analyses, "records_by_concept"):
        index = ("row_id", "concept_id")
        parts.append(with_id(add_up(read, asked, end_day, index=index), PLAIN))
    if asked := of_measure(analyses, "range_group"):
        parts.append(_range_groups(read, asked, end_day))
    if asked := of_measure(analyses, "score"):
        parts.append(score_people(cdm, rows, latest, asked))
    if asked := of_measure(analyses, "value"):
        parts.append(_values(read, asked, end_day))
    answered = None
    if asked := of_measure(analyses, "value_as_concept"):
        answered = answers_by_window(read, asked, end_day)
    covariates = nw.concat(parts) if parts else None
    return Made(covariates=covariates, read=tuple(certified), answered=answered)


def _read_for(read: AnyLazyFrame, analyses: Analyses, end_day: int) -> AnyLazyFrame:
    return rows_read(
        read,
        {
            analysis.analysis_id: (
                f"{analysis.window}_{analysis.matched_by}",
                is_reached(analysis, end_day),
            )
            for analysis in analyses
        },
    )


def _flags(latest: AnyLazyFrame, analyses: Analyses, end_day: int) -> AnyLazyFrame:
    return with_id(by_window(latest, analyses, end_day, index=("row_id", "concept_id")), PLAIN)


def _range_groups(read: AnyLazyFrame, analyses: Analyses, end_day: int) -> AnyLazyFrame:
    index = ("row_id", "concept_id", "range_group")
    covariate_id = range_id(nw.col("concept_id"), nw.col("range_group"), nw.col("analysis_id"))
    return with_id(
        by_window(latest_by_range_group(read), analyses, end_day, index=index), covariate_id
    )


def _values(read: AnyLazyFrame, analyses: Analyses, end_day: int) -> AnyLazyFrame:
    index = ("row_id", "concept_id", "unit_concept_id")
    covariate_id = value_id(nw.col("concept_id"), nw.col("unit_concept_id"), nw.col("analysis_id"))
    return with_id(
        by_window(latest_values(read), analyses, end_day, index=index, value=nw.col("value")),
        covariate_id,
    )
