"""Files that leave for other people: plain words, safe to open in a spreadsheet, each one logged.

The only door for person-level data besides the person pages. A file is written aside, its hash
goes to the export log, and only then does it get its name: no file without an entry.
"""

from analytics.exports.log import ExportRecord, LogCheck, read_log, verify_log
from analytics.exports.risk_list import FORMATS, export_risk_list

__all__ = [
    "FORMATS",
    "ExportRecord",
    "LogCheck",
    "export_risk_list",
    "read_log",
    "verify_log",
]
