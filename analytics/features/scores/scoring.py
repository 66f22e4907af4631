"""Our scores of each row, and what was read for them."""

from collections.abc import Sequence

import narwhals as nw

from analytics.features.analysis import Analysis
from analytics.features.certificate import rows_read
from analytics.features.definition import AnyLazyFrame, keep_lookback
from analytics.features.measures import UNSTRATIFIED
from analytics.features.own.events import recorded_events
from analytics.features.prespecified.definitions import Made
from analytics.features.prespecified.tables import Cdm
from analytics.features.scores.catalogue import CHARLSON_QUAN_2011, HOSPITAL, LACE, OF_INDEX_STAY
from analytics.features.scores.comorbidities import add_up_comorbidity
from analytics.features.scores.index_stays import index_stays, visits_read
from analytics.features.scores.readmission import (
    hospital_points,
    laboratory_values,
    lace_points,
)


def score_rows(cdm: Cdm, rows: AnyLazyFrame, scores: Sequence[Analysis]) -> Made:
    """One row for each row_id and score that it has; `rows` has row_id, person_id, index_day."""
    parts: list[AnyLazyFrame] = []
    certified: list[AnyLazyFrame] = []

    def read(events: AnyLazyFrame, *readers: Analysis) -> None:
        certified.append(rows_read(events, {each.analysis_id: ("any", None) for each in readers}))

    def began_by(events: AnyLazyFrame, last_day: int) -> AnyLazyFrame:
        return keep_lookback(events.join(rows, on="person_id", how="inner"), last_day)

    visits = visits_read(cdm, rows)
    stays = index_stays(visits)
    if of_stay := [each for each in scores if each.analysis_id in OF_INDEX_STAY]:
        read(visits, *of_stay)
    for score in scores:
        if score.analysis_id in (CHARLSON_QUAN_2011.analysis_id, LACE.analysis_id):
            eras = began_by(recorded_events(cdm, "condition_era"), score.last_day)
            read(eras, score)
            points = add_up_comorbidity(cdm, eras, score.analysis_id)
            if score.analysis_id == LACE.analysis_id:
                points = lace_points(stays, points)
        elif score.analysis_id == HOSPITAL.analysis_id:
            values = began_by(laboratory_values(cdm), score.last_day)
            procedures = began_by(recorded_events(cdm, "procedure"), score.last_day)
            read(values, score)
            read(procedures, score)
            points = hospital_points(stays, values, procedures)
        else:
            raise AssertionError(f"nobody computes the score {score.analysis_name}")
        parts.append(_as_triples(points, score))
    return Made(covariates=nw.concat(parts), read=tuple(certified))


def _as_triples(points: AnyLazyFrame, score: Analysis) -> AnyLazyFrame:
    return points.select(
        "row_id",
        covariate_id=nw.lit(UNSTRATIFIED * 1000 + score.analysis_id, nw.Int64),
        covariate_value=nw.col("points").cast(nw.Float64),
        analysis_id=nw.lit(score.analysis_id, nw.Int64),
    )
