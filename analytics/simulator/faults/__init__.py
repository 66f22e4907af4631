"""The faults that real CDMs have, planted in a simulated one and counted.

`spoil` rewrites the Parquet files of a folder and writes `truth/faults.json`: for each fault the
table, the column, the clause of the contracts that it breaks (none where no clause looks for it),
and the number of rows. One file for each family: values that are missing, rows written twice,
references to nothing, impossible dates, observation periods, people, deaths, wrong values, and
the structural ones. A row is spoiled once, so the counts of two faults never meet.
"""

from analytics.simulator.faults.planted import Faults, PlantedFault
from analytics.simulator.faults.spoiling import spoil

__all__ = ["Faults", "PlantedFault", "spoil"]
