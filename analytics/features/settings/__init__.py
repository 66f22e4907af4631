"""Which covariates are made: a preset by its name, or one's own YAML file.

`read_feature_settings` reads either into a frozen `FeatureSettings`. Presets are
`featureextraction-default`, `featureextraction-all` and `catchment-default`; the last is the file
`definitions/catchment-default.yaml`, which the main job reads too. `definitions/example.yaml`
shows every field.
"""

from analytics.features.settings.feature_settings import FeatureSettings
from analytics.features.settings.reader import (
    FEATURE_PRESETS,
    our_analyses,
    read_feature_settings,
)

__all__ = ["FEATURE_PRESETS", "FeatureSettings", "our_analyses", "read_feature_settings"]
