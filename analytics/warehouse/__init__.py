"""The only speaker to a database: land a CDM, run dbt, read a mart, write a result, publish.

A CDM is opened where it lies (`open_cdm`), copied into the workspace in the types of its contract
(`land`), built into people in time by dbt (`run_dbt`) and handed to Python as person-sorted Parquet
(`land_events`, `read_landed`). What Python finds goes back through `write_results`; marts leave the
workspace through `publish` and are read from there by dashboards (`read_published`).
Every function opens its own connection and closes it: dbt and Python never hold the file together.
"""

from analytics.warehouse.cdm_source import CdmSource, open_cdm
from analytics.warehouse.dbt_runs import DbtRun, run_dbt
from analytics.warehouse.landed_events import land_events, read_landed
from analytics.warehouse.landing import land
from analytics.warehouse.marts import read_mart
from analytics.warehouse.publishing import publish, published_folder, read_published
from analytics.warehouse.results import keep_results, read_results, write_results
from analytics.warehouse.vocabulary import concepts_below
from analytics.warehouse.workspace import Workspace

__all__ = [
    "CdmSource",
    "DbtRun",
    "Workspace",
    "concepts_below",
    "keep_results",
    "land",
    "land_events",
    "open_cdm",
    "publish",
    "published_folder",
    "read_landed",
    "read_mart",
    "read_published",
    "read_results",
    "run_dbt",
    "write_results",
]
