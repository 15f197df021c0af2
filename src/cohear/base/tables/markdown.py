"""A table's columns, for the docs."""

from __future__ import annotations

from cohear.base.tables.definition import Column, Table


def column_list(table: Table, beyond: Table | None = None) -> str:
    """The columns of a table as a table in Markdown, without an end of line.

    Args:
        table: the table.
        beyond: one whose columns are left out.
    """
    known = beyond.names if beyond else ()
    lines = [_line(column) for column in table.columns if column.name not in known]
    if table.further:
        lines.append(f"| any other | text | | {table.further} |")
    return "\n".join(["| column | type | may be | meaning |", "|---|---|---|---|", *lines])


def _line(column: Column) -> str:
    kind = f"{column.type}, {column.unit}" if column.unit else column.type
    may_be = [word for word, true in (("empty", column.may_be_empty), ("missing", column.may_be_missing)) if true]
    return f"| `{column.name}` | {kind} | {', '.join(may_be)} | {column.meaning} |".replace("|  |", "| |")
