"""Read a definition written in YAML into a frozen value; say at once all that is wrong in it."""

from analytics.definition_files.faults import Kinds
from analytics.definition_files.frozen import FrozenModel, Name, each_once
from analytics.definition_files.reader import read_definition

__all__ = ["FrozenModel", "Kinds", "Name", "each_once", "read_definition"]
