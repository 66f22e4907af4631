"""YAML text with the line of every field kept, so that a fault can be pointed at.

A key that is given twice is an error here; plain YAML would silently take the last one. Lists
are read as tuples, because a definition is frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class YamlDocument:
    """What a YAML file says, and on which line (from 1) it says it."""

    value: object
    lines: Mapping[FieldPath, int]

    def line_of(self, path: FieldPath) -> int:
        """Line of the field at `path`, or of the nearest part above it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_yaml(text: str) -> YamlDocument:
    """Read one YAML document; raises `yaml.YAMLError` with line and column."""
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return YamlDocument(value=None, lines={})
        lines: dict[FieldPath, int] = {}
        _note_lines(root, (), lines)
        return YamlDocument(value=_frozen(loader.construct_document(root)), lines=lines)
    finally:
        loader.dispose()


def _note_lines(node: yaml.Node, path: FieldPath, lines: dict[FieldPath, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            field = (*path, str(key.value))
            if field in lines:
                raise yaml.MarkedYAMLError(
                    problem=f"'{key.value}' is given twice (first on line {lines[field]})",
                    problem_mark=key.start_mark,
                )
            lines[field] = key.start_mark.line + 1
            _note_lines(value, field, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _note_lines(value, (*path, position), lines)


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(part) for part in value)
    return value
