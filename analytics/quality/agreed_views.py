"""SQL that reads a table in the columns and types of its contract, on DuckDB and PostgreSQL.

A value that does not fit its type is null in its column and kept beside it, under
`<column> (as written)`. What fits is the same on both: a whole number, however it is written; a
number; a day written as 2020-12-31, with a time or without.
"""

from collections.abc import Callable, Iterator, Mapping

from analytics.contracts import Contract
from analytics.quality.clauses import AS_WRITTEN
from analytics.quality.measures import Dialect
from analytics.quality.structure import TEXT, ReadColumn
from analytics.warehouse.workspace import quoted

TYPES: Mapping[Dialect, Mapping[str, str]] = {
    "duckdb": {},
    "postgres": {"double": "double precision"},
}
"""Types of a contract that a database calls otherwise."""
RANGES = {
    "integer": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?\s*$"
DAY = r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9:.]*)?\s*$"
MOMENT = (
    r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"([ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?$"
)
TRUE, FALSE = "'true', 't', 'yes', 'y', '1'", "'false', 'f', 'no', 'n', '0'"


def select_agreed(
    contract: Contract, read: tuple[ReadColumn, ...] | None, source: str, dialect: Dialect
) -> str:
    """The rows of `source` as the contract says; none where the CDM lacks the table."""
    if read is None:
        nothing = (
            f"cast(null as {_called(column.physical_type, dialect)}) as {quoted(column.name)}"
            for column in contract.columns
        )
        return f"select {', '.join(nothing)} where false"
    columns = ", ".join(part for one in read for part in _values(one, dialect))
    return f"select {columns} from {source}"


def _called(physical_type: str, dialect: Dialect) -> str:
    return TYPES[dialect].get(physical_type, physical_type)


def _values(read: ReadColumn, dialect: Dialect) -> Iterator[str]:
    name, wanted = quoted(read.column.name), read.column.physical_type
    called = _called(wanted, dialect)
    if read.found_as is None:
        yield f"cast(null as {called}) as {name}"
        return
    found = quoted(read.found_as)
    if read.must_fit:
        yield f"{FITTING[dialect](found, wanted, read.found_type)} as {name}"
        yield f"{found} as {quoted(read.column.name + AS_WRITTEN)}"
    elif read.found_type == wanted:
        yield f"{found} as {name}"
    else:
        cast = "try_cast" if dialect == "duckdb" else "cast"
        yield f"{cast}({found} as {called}) as {name}"


def _fitting_on_duckdb(found: str, wanted: str, found_type: str) -> str:
    """The value where it fits its type, else null; 1.5 is no whole number, though it casts to 2."""
    value = f"try_cast({found} as {wanted})"
    if wanted not in RANGES:
        return value
    number = f"try_cast({found} as double)"
    return f"case when {number} = floor({number}) then {value} end"


def _fitting_on_postgres(found: str, wanted: str, found_type: str) -> str:
    """The same where nothing can be tried: a condition within a condition stands before a cast."""
    if wanted in RANGES:
        number = f"cast({found} as numeric)"
        low, high = RANGES[wanted]
        whole = (
            f"case when {number} = floor({number}) and {number} between {low} and {high} "
            f"then cast({number} as {wanted}) end"
        )
        return f"case when {found} ~ '{NUMBER}' then {whole} end" if found_type == TEXT else whole
    if wanted == "double":
        return f"case when {found} ~ '{NUMBER}' then cast({found} as double precision) end"
    if wanted == "boolean":
        said = f"lower(trim({found}))"
        return f"case when {said} in ({TRUE}) then true when {said} in ({FALSE}) then false end"
    written = DAY if wanted == "date" else MOMENT
    on_its_own = f"split_part(split_part(trim({found}), ' ', 1), 'T', 1)"
    year, month, day = (
        f"cast(split_part({on_its_own}, '-', {part}) as integer)" for part in (1, 2, 3)
    )
    first = f"make_date({year}, {month}, 1)"
    last = f"extract(day from {first} + interval '1' month - interval '1' day)"
    value = (
        f"make_date({year}, {month}, {day})" if wanted == "date" else f"cast({found} as {wanted})"
    )
    return (
        f"case when {found} ~ '{written}' then case when {year} > 0 and {month} between 1 and 12 "
        f"then case when {day} between 1 and {last} then {value} end end end"
    )


FITTING: Mapping[Dialect, Callable[[str, str, str], str]] = {
    "duckdb": _fitting_on_duckdb,
    "postgres": _fitting_on_postgres,
}
