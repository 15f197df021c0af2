"""YAML whose scalars all stay text, with the line of every key.

Labels such as ``no``, ``on`` or ``01`` must not become booleans or numbers; types are given later, by the
settings model that knows which key is a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

YamlPath = tuple[str | int, ...]
_MOST_VALUES = 100_000
_MERGE = "tag:yaml.org,2002:merge"
"""Tag of the key ``<<`` where it is not quoted."""


class YamlMistake(ValueError):
    """The text is not YAML, or a key stands twice; the message has the line."""


@dataclass(frozen=True)
class YamlText:
    """A YAML document.

    Attributes:
        value: dicts, lists and text; an empty value (nothing, ``~`` or ``null``) is None, but ``null`` in a list
            is a word, as a label may be.
        lines: line number (from 1) of each key or item by its place.
    """

    value: Any
    lines: dict[YamlPath, int] = field(default_factory=dict)


def read_yaml(text: str) -> YamlText:
    """Read one YAML document.

    Raises:
        YamlMistake: not YAML, several documents, a key twice, nested or repeated by aliases beyond all measure.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[YamlPath, int] = {}
        return YamlText(None if node is None else _value(node, (), lines, frozenset()), lines)
    except YamlMistake:
        raise
    except RecursionError as error:
        raise YamlMistake("not valid YAML: nested too deeply") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the latter two for \U escapes of no character
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise YamlMistake(f"{where}not valid YAML: {problem}") from error


def _value(node: yaml.Node, place: YamlPath, lines: dict[YamlPath, int], above: frozenset[int]) -> Any:  # noqa: ANN401
    if id(node) in above:
        raise YamlMistake(f"line {node.start_mark.line + 1}: an alias refers to what it is part of")
    if len(lines) > _MOST_VALUES:  # a few aliases of aliases make billions
        raise YamlMistake(f"more than {_MOST_VALUES:,} values")
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        _merge(node, above)
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlMistake(f"line {line}: a key must be a word")
            key = key_node.value
            key.encode()
            if key in result:
                raise YamlMistake(f"line {line}: {'.'.join(map(str, (*place, key)))} stands twice")
            below = (*place, key)
            lines[below] = line
            result[key] = _value(value_node, below, lines, above)
        return result
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            below = (*place, number)
            lines[below] = item.start_mark.line + 1
        return [_value(item, (*place, number), lines, above) for number, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    node.value.encode()  # half a surrogate pair, written as an escape, is no text
    empty = ("", "~") if place and isinstance(place[-1], int) else ("", "~", "null")
    return None if node.style is None and node.value in empty else node.value


def _merge(node: yaml.MappingNode, above: frozenset[int]) -> None:
    """Put the keys of other mappings in the place of ``<<``; what stands here, or was merged before, stays."""
    pairs = [pair for pair in node.value if pair[0].tag != _MERGE]
    known = {key.value for key, _ in pairs if isinstance(key, yaml.ScalarNode)}
    for merge, value in (pair for pair in node.value if pair[0].tag == _MERGE):
        line = merge.start_mark.line + 1
        for other in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if not isinstance(other, yaml.MappingNode):
                raise YamlMistake(f"line {line}: << takes keys and values, as an alias of them, or a list of such")
            if id(other) in above:
                raise YamlMistake(f"line {line}: an alias refers to what it is part of")
            _merge(other, above | {id(other)})
            for key, below in other.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise YamlMistake(f"line {key.start_mark.line + 1}: a key must be a word")
                if key.value not in known:
                    known.add(key.value)
                    pairs.append((key, below))
    node.value = pairs
