"""Hold a CDM against its contracts and list the breaches, without changing or copying the CDM.

What is there (tables, columns, types) is read from the database's own catalogue; what the rows say
is asked of Great Expectations on DuckDB or PostgreSQL. `check` asks the house's own rules,
`run_checks` the checks of OHDSI's data quality, all that looks at the same rows in one query. Every
count in a report comes from a Great Expectations result, and an expectation that ended in an
exception is an error of the run, never a breach.
"""

from analytics.quality.check import check
from analytics.quality.report import Finding, QualityReport, to_frame
from analytics.quality.written_report import write_report

__all__ = ["Finding", "QualityReport", "check", "to_frame", "write_report"]
