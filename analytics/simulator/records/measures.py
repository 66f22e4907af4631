"""What can be measured: concepts, units, normal ranges, and which are done together."""

from dataclasses import dataclass, replace

MMHG, PER_MINUTE, KG_PER_M2, KG, CM, CELSIUS = 8876, 8541, 9531, 9529, 8582, 586323
MG_PER_DL, G_PER_DL, MMOL_PER_L, UMOL_PER_L, PERCENT = 8840, 8713, 8753, 8749, 8554
EGFR_UNIT, THOUSAND_PER_UL, UNITS_PER_L = 720870, 8848, 8645


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measurement concept with its unit, normal range, decimals, noise and lowest value.

    `times` turns the value that the simulator works with into this unit.
    """

    name: str
    concept: int
    unit: int
    low: float | None
    high: float | None
    decimals: int
    noise: float
    lowest: float
    times: float = 1.0


def _measure(
    name: str,
    concept: int,
    unit: int,
    *,
    noise: float,
    lowest: float,
    low: float | None = None,
    high: float | None = None,
    decimals: int = 0,
) -> Measure:
    return Measure(
        name=name,
        concept=concept,
        unit=unit,
        low=low,
        high=high,
        decimals=decimals,
        noise=noise,
        lowest=lowest,
    )


def _in_si(name: str, unit: int, times: float, decimals: int) -> Measure:
    usual = next(measure for measure in USUAL_MEASURES if measure.name == name)
    return replace(
        usual,
        unit=unit,
        low=None if usual.low is None else round(usual.low * times, decimals),
        high=None if usual.high is None else round(usual.high * times, decimals),
        decimals=decimals,
        times=times,
    )


USUAL_MEASURES = (
    _measure("sbp", 3004249, MMHG, low=90, high=130, noise=8, lowest=74),
    _measure("dbp", 3012888, MMHG, low=60, high=80, noise=6, lowest=38),
    _measure("heart rate", 3027018, PER_MINUTE, low=60, high=100, noise=9, lowest=40),
    _measure("bmi", 3038553, KG_PER_M2, low=18.5, high=25, decimals=1, noise=0.35, lowest=12),
    _measure("weight", 3025315, KG, decimals=1, noise=0.8, lowest=2.5),
    _measure("height", 3036277, CM, noise=0.6, lowest=45),
    _measure("respiratory rate", 3024171, PER_MINUTE, low=12, high=20, noise=1.8, lowest=8),
    _measure(
        "temperature", 3020891, CELSIUS, low=36, high=37.5, decimals=1, noise=0.35, lowest=34.5
    ),
    _measure(
        "creatinine", 3016723, MG_PER_DL, low=0.6, high=1.2, decimals=2, noise=0.05, lowest=0.3
    ),
    _measure("egfr", 46236952, EGFR_UNIT, low=60, noise=4, lowest=5),
    _measure("glucose", 3004501, MG_PER_DL, low=70, high=100, noise=14, lowest=45),
    _measure(
        "potassium", 3023103, MMOL_PER_L, low=3.5, high=5.1, decimals=1, noise=0.35, lowest=2.6
    ),
    _measure("sodium", 3019550, MMOL_PER_L, low=135, high=145, noise=1.8, lowest=118),
    _measure("chloride", 3014576, MMOL_PER_L, low=98, high=107, noise=2, lowest=84),
    _measure("urea nitrogen", 3013682, MG_PER_DL, low=7, high=20, noise=2.5, lowest=3),
    _measure("calcium", 3006906, MG_PER_DL, low=8.6, high=10.2, decimals=1, noise=0.25, lowest=6.5),
    _measure("alt", 3006923, UNITS_PER_L, low=7, high=56, noise=4, lowest=4),
    _measure("ast", 3013721, UNITS_PER_L, low=10, high=40, noise=4, lowest=6),
    _measure("albumin", 3024561, G_PER_DL, low=3.5, high=5.0, decimals=1, noise=0.15, lowest=1.6),
    _measure("ldl", 3009966, MG_PER_DL, high=100, noise=11, lowest=25),
    _measure("hdl", 3007070, MG_PER_DL, low=40, noise=4, lowest=18),
    _measure("triglycerides", 3022192, MG_PER_DL, high=150, noise=25, lowest=35),
    _measure("cholesterol", 3027114, MG_PER_DL, high=200, noise=8, lowest=80),
    _measure("hba1c", 3004410, PERCENT, low=4.0, high=5.6, decimals=1, noise=0.14, lowest=4.2),
    _measure("haemoglobin", 3000963, G_PER_DL, low=12, high=17, decimals=1, noise=0.5, lowest=4.5),
    _measure("haematocrit", 3023314, PERCENT, low=36, high=50, decimals=1, noise=1.2, lowest=14),
    _measure(
        "leukocytes", 3000905, THOUSAND_PER_UL, low=4.5, high=11, decimals=1, noise=1.4, lowest=1.8
    ),
    _measure("platelets", 3024929, THOUSAND_PER_UL, low=150, high=400, noise=35, lowest=40),
)
# The same in the units of laboratories that report in the international system.
SI_MEASURES = (
    _in_si("glucose", MMOL_PER_L, 0.05551, 1),
    _in_si("creatinine", UMOL_PER_L, 88.42, 0),
    _in_si("urea nitrogen", MMOL_PER_L, 0.357, 1),
    _in_si("ldl", MMOL_PER_L, 0.02586, 2),
    _in_si("hdl", MMOL_PER_L, 0.02586, 2),
    _in_si("cholesterol", MMOL_PER_L, 0.02586, 2),
    _in_si("triglycerides", MMOL_PER_L, 0.01129, 2),
    _in_si("calcium", MMOL_PER_L, 0.2495, 2),
)
MEASURES = (*USUAL_MEASURES, *SI_MEASURES)

PANELS = {
    "vitals": ("sbp", "dbp", "heart rate"),
    "weight": ("bmi", "weight"),
    "height": ("height",),
    "breathing": ("respiratory rate", "temperature"),
    "metabolic": (
        "creatinine",
        "egfr",
        "glucose",
        "potassium",
        "sodium",
        "chloride",
        "urea nitrogen",
        "calcium",
    ),
    "liver": ("alt", "ast", "albumin"),
    "lipids": ("ldl", "hdl", "triglycerides", "cholesterol"),
    "hba1c": ("hba1c",),
    "blood count": ("haemoglobin", "haematocrit", "leukocytes", "platelets"),
}
LABORATORY_PANELS = ("metabolic", "liver", "lipids", "hba1c", "blood count")
