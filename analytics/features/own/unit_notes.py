"""What became of the measured values of a CDM, where they are taken in one unit.

Said at the terminal and in the manifest beside the covariates, neither of which has passed the
gate of what is published: a count below the smallest cell is not told there, nor is a total from
which it could be worked out, nor any count of a single concept.
"""

import narwhals as nw

from analytics.contracts.units import load_unit_contracts
from analytics.disclosure.in_words import count_in_words
from analytics.features.analysis import OF_VALUES
from analytics.features.own.events import recorded_events
from analytics.features.prespecified.tables import Cdm
from analytics.features.settings import FeatureSettings
from analytics.features.units import conversion_frame, judge_values
from analytics.settings import current_settings

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
    smallest_cell = current_settings().smallest_cell
    told = [
        f"{count_in_words(n_values[fate], smallest_cell)} {words}"
        for fate, words in IN_WORDS.items()
        if fate in n_values
    ]
    return [f"measured values of this CDM: {', '.join(told)}"] if told else []
