"""What became of the measured values of a CDM, where they are taken in one unit."""

import narwhals as nw

from analytics.contracts.units import load_unit_contracts
from analytics.features.analysis import OF_VALUES
from analytics.features.own.events import recorded_events
from analytics.features.prespecified.tables import Cdm
from analytics.features.settings import FeatureSettings
from analytics.features.units import conversion_frame, judge_values

IN_WORDS = {
    "as_recorded": "taken as recorded",
    "converted": "converted to the unit of their concept",
    "without_unit": "set aside without a unit",
    "without_conversion": "set aside for want of a conversion",
    "implausible": "set aside as implausible",
}


def unit_notes(cdm: Cdm, settings: FeatureSettings) -> list[str]:
    """How many measured values of the CDM were taken, converted and set aside, in one sentence.

    Counted over the whole table, whoever is in the cohort; nothing where no value is asked for.
    """
    asked = any(
        each.domain == "measurement" and each.measure in OF_VALUES for each in settings.analyses
    )
    if not asked or not settings.are_units_harmonised:
        return []
    conversions = cdm.lift(conversion_frame(load_unit_contracts()))
    judged = judge_values(recorded_events(cdm, "measurement"), conversions)
    counted = cdm.collect(
        judged.filter(~nw.col("fate").is_null()).group_by("fate").agg(n_values=nw.len())
    )
    n_values = dict(counted.select("fate", "n_values").iter_rows())
    told = [f"{n_values[fate]:,} {words}" for fate, words in IN_WORDS.items() if fate in n_values]
    return [f"measured values of this CDM: {', '.join(told)}"] if told else []
