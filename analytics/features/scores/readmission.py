"""LACE and HOSPITAL: the risk of coming back, at discharge.

LACE (van Walraven et al., CMAJ 2010;182:551-7): days of the stay (0 under a day, 1 to 3 as they
are, 4 to 6: 4, 7 to 13: 5, 14 or more: 7), 3 for an emergency admission, comorbidity (4 or more:
5), emergency visits in the 180 days before admission (at most 4).

HOSPITAL (as validated by Donzé et al., JAMA Intern Med 2016;176:496-502): 1 each for the last
haemoglobin of the stay below 12 g/dL, the last sodium below 135 mmol/L, a procedure during the
stay, an urgent admission; 2 for five days or more; 2 for two to five stays in the 365 days before
admission, 5 for more. Discharge from an oncology service (2) is not in a CDM: no one has it.
"""

from collections.abc import Mapping

import narwhals as nw

from analytics.contracts.units import load_unit_contracts
from analytics.features.definition import AnyLazyFrame
from analytics.features.own.events import recorded_events
from analytics.features.prespecified.tables import Cdm
from analytics.features.units import conversion_frame, harmonise_values

# The concept of each laboratory value (LOINC 718-7 and 2951-2), and below what it gives a point.
LOW_VALUES: Mapping[int, float] = {3000963: 12.0, 3019550: 135.0}


def lace_points(stays: AnyLazyFrame, comorbidity: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row_id with a stay that ends at index: `points`."""
    length = -nw.col("admission")
    of_length = (
        nw.when(length >= 14)
        .then(nw.lit(7))
        .otherwise(
            nw.when(length >= 7)
            .then(nw.lit(5))
            .otherwise(nw.when(length >= 4).then(nw.lit(4)).otherwise(length))
        )
    )
    burden = nw.col("points").fill_null(0)
    of_burden = nw.when(burden >= 4).then(nw.lit(5)).otherwise(burden)
    of_emergencies = nw.min_horizontal(nw.col("n_emergencies"), nw.lit(4))
    return stays.join(comorbidity, on="row_id", how="left").select(
        "row_id",
        points=(of_length + 3 * nw.col("is_urgent") + of_burden + of_emergencies).cast(nw.Int64),
    )


def hospital_points(
    stays: AnyLazyFrame, low_values: AnyLazyFrame, procedures: AnyLazyFrame
) -> AnyLazyFrame:
    """One row for each row_id with a stay that ends at index: `points`.

    `low_values` and `procedures` are of the days read, relative to index.
    """
    of_length = nw.when(nw.col("admission") <= -5).then(nw.lit(2)).otherwise(nw.lit(0))
    of_stays = (
        nw.when(nw.col("n_stays") > 5)
        .then(nw.lit(5))
        .otherwise(nw.when(nw.col("n_stays") >= 2).then(nw.lit(2)).otherwise(nw.lit(0)))
    )
    known = stays.select(
        "row_id",
        "admission",
        points=(of_length + of_stays + nw.col("is_urgent")).cast(nw.Int64),
    )
    admission = known.select("row_id", "admission")
    during = procedures.join(admission, on="row_id", how="inner").filter(
        nw.col("days") >= nw.col("admission")
    )
    of_procedure = during.select("row_id").unique().with_columns(points=nw.lit(1, nw.Int64))
    parts = [known.select("row_id", "points"), of_procedure.select("row_id", "points")]
    in_stay = low_values.join(admission, on="row_id", how="inner").filter(
        nw.col("days") >= nw.col("admission")
    )
    parts.append(_low_at_discharge(in_stay))
    return nw.concat(parts).group_by("row_id").agg(points=nw.col("points").sum())


def _low_at_discharge(values: AnyLazyFrame) -> AnyLazyFrame:
    """One row for each row_id and laboratory value whose last one was low: a point."""
    of_lab = ("row_id", "concept_id")
    last = (
        values.with_columns(last_day=nw.col("days").max().over(*of_lab))
        .filter(nw.col("days") == nw.col("last_day"))
        .with_columns(last_event=nw.col("event_id").max().over(*of_lab))
        .filter(nw.col("event_id") == nw.col("last_event"))
    )
    is_low = nw.lit(value=False)
    for concept_id, limit in LOW_VALUES.items():
        is_low = is_low | ((nw.col("concept_id") == concept_id) & (nw.col("value") < limit))
    return last.filter(is_low).select("row_id", points=nw.lit(1, nw.Int64))


def laboratory_values(cdm: Cdm) -> AnyLazyFrame:
    """One row for each haemoglobin and sodium, in g/dL and mmol/L; what cannot be is left out."""
    measured = recorded_events(cdm, "measurement").filter(
        nw.col("concept_id").is_in(list(LOW_VALUES))
    )
    harmonised = harmonise_values(measured, cdm.lift(conversion_frame(load_unit_contracts())))
    return harmonised.filter(~nw.col("value").is_null(), ~nw.col("value").is_nan())
