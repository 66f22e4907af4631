"""Chest X-rays of a few people, and what is seen on them: `image_occurrence`, `image_feature`.

The two tables of OHDSI's extension for medical imaging, MI-CDM (Park et al. 2024,
doi 10.1007/s10278-024-00982-6). There are no images: the identifiers lead nowhere.
"""

import numpy as np
import polars as pl

from analytics.simulator.draws import Integers
from analytics.simulator.lives.whole import Lives
from analytics.simulator.records.events import Records, days_to_dates, nullable
from analytics.simulator.records.procedures import CHEST_XRAY
from analytics.simulator.world import World

RADIOGRAPHY, THORAX, LUNG_CONSOLIDATION = 4056681, 4199473, 4318404
STANDARD_ALGORITHM, CONDITION_FIELD = 32880, 1147127
PNEUMONIA = 255848
_SHARE_OF_PEOPLE, _SEEN = 0.12, 0.85
# Identifiers under a root that DICOM reserves for UUIDs; ours are made of the row's own numbers.
_ROOT = "2.25.7777"


def images(
    lives: Lives, procedures: Records, conditions: Records, world: World
) -> dict[str, pl.DataFrame]:
    """The tables `image_occurrence` (one row for each series) and `image_feature` (each finding).

    `procedures` and `conditions` are the rows of their tables, in order. A consolidation is seen
    on most X-rays of a visit at which pneumonia is written down, and refers to that record.
    """
    draws, people = world.draws, lives.people
    is_imaged = draws.happens("is imaged", people.person_id, _SHARE_OF_PEOPLE)
    row = np.flatnonzero((procedures.concept == CHEST_XRAY) & is_imaged[procedures.person])
    person, day, visit = procedures.person[row], procedures.start[row], procedures.visit[row]
    person_id = people.person_id[person]
    study = pl.DataFrame({"person": person_id, "day": day}).select(
        pl.format("{}.{}.{}", pl.lit(_ROOT), "person", "day").alias("study"),
        pl.int_range(1, pl.len() + 1).over("person", "day").alias("series"),
    )
    occurrence = pl.DataFrame(
        {
            "person_id": person_id,
            "procedure_occurrence_id": row + 1,
            "visit_occurrence_id": nullable(visit + 1, visit >= 0),
            "image_occurrence_date": days_to_dates(day),
            "image_study_uid": study["study"],
            "image_series_uid": study.select(pl.format("{}.{}", "study", "series")).to_series(),
        }
    ).with_columns(
        pl.lit(THORAX).alias("anatomic_site_concept_id"),
        pl.lit(RADIOGRAPHY).alias("modality_concept_id"),
    )
    image, condition = _with_pneumonia(visit, conditions)
    seen = draws.happens("is seen on x-ray", person_id[image], _SEEN, day[image])
    image, condition = image[seen], condition[seen]
    feature = pl.DataFrame(
        {
            "person_id": person_id[image],
            "image_occurrence_id": image + 1,
            "image_feature_event_id": condition + 1,
            "image_finding_id": np.arange(1, len(image) + 1),
        }
    ).with_columns(
        pl.lit(CONDITION_FIELD).alias("image_feature_event_field_concept_id"),
        pl.lit(LUNG_CONSOLIDATION).alias("image_feature_concept_id"),
        pl.lit(STANDARD_ALGORITHM).alias("image_feature_type_concept_id"),
        pl.lit(LUNG_CONSOLIDATION).alias("image_finding_concept_id"),
        pl.lit(THORAX).alias("anatomic_site_concept_id"),
        pl.lit("Catchment simulator").alias("alg_system"),
    )
    return {"image_occurrence": occurrence, "image_feature": feature}


def _with_pneumonia(visit: Integers, conditions: Records) -> tuple[Integers, Integers]:
    """The images taken at a visit with pneumonia, and that visit's first record of it."""
    ill = np.flatnonzero((conditions.concept == PNEUMONIA) & (conditions.visit >= 0))
    visits, first = np.unique(conditions.visit[ill], return_index=True)
    if not len(visits):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(visits, visit), len(visits) - 1)
    image = np.flatnonzero(visits[at] == visit)
    return image, ill[first[at[image]]]
