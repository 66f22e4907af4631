"""What can be measured: concepts, units, normal ranges, and which are done together."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measurement concept with its unit, normal range, decimals, noise and lowest value."""

    name: str
    concept: int
    unit: int
    low: float | None
    high: float | None
    decimals: int
    noise: float
    lowest: float


MEASURES = (
    Measure(
        name="sbp", concept=3004249, unit=8876, low=90, high=130, decimals=0, noise=8, lowest=74
    ),
    Measure(
        name="dbp", concept=3012888, unit=8876, low=60, high=80, decimals=0, noise=6, lowest=38
    ),
    Measure(
        name="bmi", concept=3038553, unit=9531, low=18.5, high=25, decimals=1, noise=0.35, lowest=12
    ),
    Measure(
        name="heart rate",
        concept=3027018,
        unit=8541,
        low=60,
        high=100,
        decimals=0,
        noise=9,
        lowest=40,
    ),
    Measure(
        name="creatinine",
        concept=3016723,
        unit=8840,
        low=0.6,
        high=1.2,
        decimals=2,
        noise=0.05,
        lowest=0.3,
    ),
    Measure(
        name="egfr", concept=46236952, unit=720870, low=60, high=None, decimals=0, noise=4, lowest=5
    ),
    Measure(
        name="glucose",
        concept=3004501,
        unit=8840,
        low=70,
        high=100,
        decimals=0,
        noise=14,
        lowest=45,
    ),
    Measure(
        name="potassium",
        concept=3023103,
        unit=8753,
        low=3.5,
        high=5.1,
        decimals=1,
        noise=0.35,
        lowest=2.6,
    ),
    Measure(
        name="ldl", concept=3009966, unit=8840, low=None, high=100, decimals=0, noise=11, lowest=25
    ),
    Measure(
        name="hdl", concept=3007070, unit=8840, low=40, high=None, decimals=0, noise=5, lowest=18
    ),
    Measure(
        name="triglycerides",
        concept=3022192,
        unit=8840,
        low=None,
        high=150,
        decimals=0,
        noise=25,
        lowest=35,
    ),
    Measure(
        name="cholesterol",
        concept=3027114,
        unit=8840,
        low=None,
        high=200,
        decimals=0,
        noise=8,
        lowest=80,
    ),
    Measure(
        name="hba1c",
        concept=3004410,
        unit=8554,
        low=4.0,
        high=5.6,
        decimals=1,
        noise=0.14,
        lowest=4.2,
    ),
    Measure(
        name="haemoglobin",
        concept=3000963,
        unit=8713,
        low=12,
        high=17,
        decimals=1,
        noise=0.5,
        lowest=4.5,
    ),
    Measure(
        name="leukocytes",
        concept=3000905,
        unit=8848,
        low=4.5,
        high=11,
        decimals=1,
        noise=1.4,
        lowest=1.8,
    ),
    Measure(
        name="platelets",
        concept=3024929,
        unit=8848,
        low=150,
        high=400,
        decimals=0,
        noise=35,
        lowest=40,
    ),
)
PANELS = {
    "vitals": ("sbp", "dbp", "bmi"),
    "pulse": ("heart rate",),
    "metabolic": ("creatinine", "egfr", "glucose", "potassium"),
    "lipids": ("ldl", "hdl", "triglycerides", "cholesterol"),
    "hba1c": ("hba1c",),
    "blood count": ("haemoglobin", "leukocytes", "platelets"),
}
