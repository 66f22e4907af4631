"""Which versions of what made a model: another version may give another model."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "catchment",
    "numpy",
    "scipy",
    "polars",
    "scikit-learn",
    "xgboost",
    "shap",
    "fairlearn",
)


def current_versions() -> dict[str, str]:
    """Python and each library that has a hand in a model."""
    return {"python": platform.python_version()} | {name: _version(name) for name in LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
