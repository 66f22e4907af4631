"""`dbt build --select tag:cohorts` by hand, as the profile says: a CDM read where it lies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analytics.settings import house_root
from analytics.warehouse import dbt_runs
from tests.support.postgres import postgres_server
from tests.support.simulated_people import simulated

pytestmark = pytest.mark.agreement
