"""Registry: a trained model as a package that can be kept, moved, checked and run.

`make_package` puts it together and withholds what is small, `save_package` writes it under an id
that is a hash of its content, `load_package` refuses one that was changed since.
"""

from analytics.registry.folder import check_package, load_package, model_id_of, save_package
from analytics.registry.left_out import LeftOut, find_left_out
from analytics.registry.model_card import write_model_card
from analytics.registry.package import ModelPackage, StudyInWords, make_package
from analytics.registry.versions import current_versions
from analytics.registry.withhold import ShownCounts

__all__ = [
    "LeftOut",
    "ModelPackage",
    "ShownCounts",
    "StudyInWords",
    "check_package",
    "current_versions",
    "find_left_out",
    "load_package",
    "make_package",
    "model_id_of",
    "save_package",
    "write_model_card",
]
