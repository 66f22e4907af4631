"""The tables that most questions do without: parts of stays, devices, payers, costs and so on."""

import polars as pl

from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.contacts import Visits
from analytics.simulator.records.costs import visit_costs
from analytics.simulator.records.devices import device_exposures
from analytics.simulator.records.events import Records
from analytics.simulator.records.images import images
from analytics.simulator.records.notes import notes
from analytics.simulator.records.payers import draw_payer_periods, payer_plan_periods
from analytics.simulator.records.treatment_lines import treatment_lines
from analytics.simulator.records.visit_parts import visit_parts
from analytics.simulator.world import World

FURTHER_ID_COLUMNS = {
    name: f"{name}_id"
    for name in (
        "visit_detail",
        "device_exposure",
        "payer_plan_period",
        "cost",
        "episode",
        "note",
        "note_nlp",
        "image_occurrence",
        "image_feature",
    )
}


def further_tables(
    lives: Lives,
    visits: Visits,
    conditions: Records,
    drugs: Records,
    procedures: Records,
    world: World,
) -> dict[str, pl.DataFrame]:
    """Each table without its own ids; records are the rows of their tables, in their order."""
    periods = draw_payer_periods(lives.people, world)
    return {
        "visit_detail": visit_parts(lives, visits, world),
        "device_exposure": device_exposures(lives, visits, world),
        "payer_plan_period": payer_plan_periods(lives.people, periods),
        "cost": visit_costs(lives, visits, periods, world),
        **treatment_lines(lives, drugs),
        **notes(lives, visits, world),
        **images(lives, procedures, conditions, world),
    }
