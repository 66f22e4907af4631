"""The units and values of the measurements that one release of a CDM holds, by concept."""

import duckdb
import polars as pl

from analytics.contracts.accepted_values import accepted_values
from analytics.warehouse.workspace import read_frame

MEASUREMENTS = "measurement"
KNOWN_UNIT, USUAL_UNIT, PLAUSIBLE = (
    "share of values in a known unit",
    "share of values that need no conversion",
    "share of values within plausible limits",
)
ACCEPTED = {name: pl.Float64 for name in ("factor", "shift", "lowest", "highest")}


def measure_values(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row for each harmonised concept that has values, and measure, as `measure_release` has.

    Of the values some are in a known unit; of these some are in the concept's own, which needs no
    conversion, and some are plausible once converted.
    """
    accepted = pl.read_csv(accepted_values().encode(), schema_overrides=ACCEPTED)
    connection.register("accepted_value", accepted.to_arrow())
    counts = read_frame(
        connection,
        """
        select
            cast(measurement_concept_id as varchar) as about,
            any_value(harmonised.concept_name) as name,
            count(*)::double as n_values,
            count(accepted_value.concept_id)::double as n_known,
            count(*) filter (where factor = 1 and shift = 0)::double as n_usual,
            count(*) filter (
                where value_as_number * factor + shift
                between coalesce(lowest, '-infinity') and coalesce(highest, 'infinity')
            )::double as n_plausible
        from measurement
        inner join (select distinct concept_id, concept_name from accepted_value) as harmonised
            on measurement_concept_id = harmonised.concept_id
        left join accepted_value
            on measurement_concept_id = accepted_value.concept_id
            and coalesce(measurement.unit_concept_id, 0) = accepted_value.unit_concept_id
        where value_as_number is not null
        group by measurement_concept_id
        """,
    )
    return pl.concat(
        counts.select(
            pl.lit(MEASUREMENTS).alias("table_name"),
            *("about", "name"),
            pl.lit(measure).alias("measure"),
            pl.col(looked_at).alias("looked_at"),
            pl.col(recorded).alias("recorded"),
            pl.col(recorded).alias("squares"),
        )
        for measure, looked_at, recorded in (
            (KNOWN_UNIT, "n_values", "n_known"),
            (USUAL_UNIT, "n_known", "n_usual"),
            (PLAUSIBLE, "n_known", "n_plausible"),
        )
    ).filter(pl.col("looked_at") > 0)
