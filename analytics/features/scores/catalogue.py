"""The list of scores, by the name that settings give them, and what each of ours reads."""

from collections.abc import Mapping
from dataclasses import replace

from analytics.days import Window
from analytics.features.analysis import Analysis

# FeatureExtraction's own, by their analysis id.
PRESPECIFIED_SCORES: Mapping[str, int] = {
    "charlson": 901,
    "dcsi": 902,
    "chads2": 903,
    "cha2ds2_vasc": 904,
    "hospital_frailty": 926,
}
INDEX_DAY = 0


def _score(analysis_id: int, name: str, wording: str) -> Analysis:
    return Analysis(
        analysis_id=analysis_id,
        analysis_name=name,
        domain="score",
        measure="score",
        window=None,
        wording=wording,
        missing_means_zero=True,
        is_by_concept=False,
    )


CHARLSON_QUAN_2011 = _score(970, "charlson_quan_2011", "Charlson index, weights of Quan 2011")
# A row whose index day ends no stay has no score: it is not 0.
LACE = replace(_score(971, "lace", "LACE index"), missing_means_zero=False)
HOSPITAL = replace(_score(972, "hospital", "HOSPITAL score"), missing_means_zero=False)
SCORES: Mapping[str, Analysis] = {
    score.analysis_name: score for score in (CHARLSON_QUAN_2011, LACE, HOSPITAL)
}
OF_INDEX_STAY = frozenset({LACE.analysis_id, HOSPITAL.analysis_id})
TABLES: Mapping[int, tuple[str, ...]] = {
    CHARLSON_QUAN_2011.analysis_id: ("condition_era",),
    LACE.analysis_id: ("condition_era", "visit_occurrence"),
    HOSPITAL.analysis_id: ("visit_occurrence", "procedure_occurrence", "measurement"),
}


def score_until(name: str, end_day: int) -> Analysis:
    """One of our scores, from what began any time up to the end day.

    A score of the stay that ends on the index day reads up to that day, whatever the end day.
    """
    score = SCORES[name]
    last_day = INDEX_DAY if score.analysis_id in OF_INDEX_STAY else end_day
    return replace(score, window=Window(first_day=None, last_day=last_day))
