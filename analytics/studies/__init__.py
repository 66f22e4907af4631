"""A question about people, said once: who is at risk, of what, by when.

A study is one YAML file in `definitions/` (or anywhere). `load_study` reads it into a frozen
value that has checked itself; all faults of a file are reported together. `Study` asks for a
risk, `PathwayStudy` for the treatments that follow one another.
"""

from analytics.studies.blind_spot import BlindSpot, OutcomeSeenAs, blind_spot
from analytics.studies.pathway_parameters import NO_TREATMENT, PathwayParameters
from analytics.studies.pathway_settings import PathwaySettings, read_pathway_settings
from analytics.studies.pathway_study import PathwayEvent, PathwayExit, PathwayStudy
from analytics.studies.reader import (
    check_cohorts,
    check_concept_sets,
    list_studies,
    load_study,
    study_json_schema,
    study_schema_text,
)
from analytics.studies.study import (
    Audit,
    CovariateSettings,
    PopulationRules,
    PredictionSettings,
    ReferenceGroups,
    Study,
    TimeAtRisk,
)

__all__ = [
    "NO_TREATMENT",
    "Audit",
    "BlindSpot",
    "CovariateSettings",
    "OutcomeSeenAs",
    "PathwayEvent",
    "PathwayExit",
    "PathwayParameters",
    "PathwaySettings",
    "PathwayStudy",
    "PopulationRules",
    "PredictionSettings",
    "ReferenceGroups",
    "Study",
    "TimeAtRisk",
    "blind_spot",
    "check_cohorts",
    "check_concept_sets",
    "list_studies",
    "load_study",
    "read_pathway_settings",
    "study_json_schema",
    "study_schema_text",
]
