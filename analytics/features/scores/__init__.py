"""Named clinical scores: Charlson with the weights of 2011, LACE and HOSPITAL.

FeatureExtraction's own (Charlson as Romano adapted it, DCSI, CHADS2, CHA2DS2-VASc, Hospital
Frailty) are among its prespecified analyses. What a CDM cannot tell of a score is said in a
warning. Elixhauser is not here: its lists are of ICD codes and of diagnoses present on admission,
which a CDM does not tell.
"""

from analytics.features.scores.catalogue import (
    PRESPECIFIED_SCORES,
    SCORES,
    TABLES,
    score_until,
)

__all__ = ["PRESPECIFIED_SCORES", "SCORES", "TABLES", "score_until"]
