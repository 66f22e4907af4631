"""Concepts: of the right domain and class, standard, of the right gender, in a believed unit."""

from analytics.contracts.quality_checks import QualityCheck
from analytics.quality.measures.measure import (
    Asker,
    Asking,
    Circumstances,
    Measure,
    Need,
    all_rows,
    by_value,
    column_of,
    filled_rows,
    literal,
    own,
    quoted,
    rows_of,
    sum_where,
    table_of,
)

NOT_STANDARD = (
    "(co.standard_concept <> 'S' or co.standard_concept is null or co.invalid_reason is not null)"
)


def _domain(check: QualityCheck, given: Circumstances) -> Asking:
    other = f"co.domain_id <> {literal(check.asked.domain)}"
    return _of_concept(check, other, ("domain_id",), all_rows(check))


def _class(check: QualityCheck, given: Circumstances) -> Asking:
    other = f"co.concept_class_id <> {literal(check.asked.concept_class)}"
    return _of_concept(check, other, ("concept_class_id",), all_rows(check))


def _standard(check: QualityCheck, given: Circumstances) -> Asking:
    columns = ("standard_concept", "invalid_reason")
    return _of_concept(check, NOT_STANDARD, columns, filled_rows(check))


def _of_concept(
    check: QualityCheck, condition: str, columns: tuple[str, ...], looked_at: Measure
) -> Asking:
    """Rows whose concept is known, not 0, and meets a condition."""
    known = f"co.concept_id <> 0 and {condition}"
    return Asking(
        breaking=Measure(
            source=f"{by_value(check)} left join concept as co on co.concept_id = t.v",
            aggregate=sum_where(known),
        ),
        looked_at=looked_at,
        rows=f"select t.* from {table_of(check)} "
        f"join concept as co on co.concept_id = {column_of(check)} where {known}",
        needs=(*own(check), *(("concept", name) for name in ("concept_id", *columns))),
    )


def _gender(check: QualityCheck, given: Circumstances) -> Asking:
    (concept_id,) = check.concept_ids
    return Asking(
        breaking=Measure(
            source=_by_gender(check),
            aggregate=sum_where(f"t.v = {concept_id} and t.g <> {check.gender}"),
        ),
        looked_at=Measure(
            source=by_value(check),
            aggregate=sum_where(f"t.v = {concept_id}"),
            rows=rows_of(check, f"{column_of(check)} = {concept_id}"),
        ),
        rows=f"{_with_people(check)} "
        f"where {column_of(check)} = {concept_id} and p.gender_concept_id <> {check.gender}",
        needs=_needs_gender(check),
    )


def _gender_of_descendants(check: QualityCheck, given: Circumstances) -> Asking:
    """Of a record below two of the concepts OHDSI counts two; we count one."""
    above = ", ".join(map(str, check.concept_ids))
    ancestors = "concept_ancestor"
    if given.reading == "catchment":
        ancestors = f"""(
            select distinct descendant_concept_id, {check.concept_ids[0]} as ancestor_concept_id
            from concept_ancestor where ancestor_concept_id in ({above})
        )"""
    below = f"join {ancestors} as ca on ca.descendant_concept_id = {{}}"
    listed = f"where ca.ancestor_concept_id in ({above})"
    return Asking(
        breaking=Measure(
            source=f"{_by_gender(check)} {below.format('t.v')} {listed}",
            aggregate=sum_where(f"t.g <> {check.gender}"),
        ),
        looked_at=Measure(
            source=f"{by_value(check)} {below.format('t.v')} {listed}",
            aggregate="coalesce(sum(t.n), 0)",
            rows=f"select t.* from {table_of(check)} {below.format(column_of(check))} {listed}",
        ),
        rows=f"{_with_people(check)} {below.format(column_of(check))} {listed} "
        f"and p.gender_concept_id <> {check.gender}",
        needs=(
            *_needs_gender(check),
            ("concept_ancestor", "ancestor_concept_id"),
            ("concept_ancestor", "descendant_concept_id"),
        ),
    )


def _with_people(check: QualityCheck) -> str:
    return f"select t.* from {table_of(check)} join person as p on p.person_id = t.person_id"


def _by_gender(check: QualityCheck) -> str:
    """Records by concept and their people's gender."""
    return (
        f"(select {column_of(check)} as v, p.gender_concept_id as g, count(*) as n "
        f"from {table_of(check)} join person as p on p.person_id = t.person_id group by 1, 2) as t"
    )


def _needs_gender(check: QualityCheck) -> tuple[Need, ...]:
    people = (("person", "person_id"), ("person", "gender_concept_id"))
    return (*own(check, "person_id"), *people)


def _units(check: QualityCheck, given: Circumstances) -> Asking:
    (concept_id,) = check.concept_ids
    source = (
        f"(select {quoted(check.column)} as v, unit_concept_id as u, count(*) as n "
        f"from {quoted(check.table)} group by 1, 2) as t"
    )
    believed = ", ".join(map(str, (*check.units, 0)))
    strange = f"t.v = {concept_id} and t.u not in ({believed})"
    with_unit = f"t.v = {concept_id} and (t.u <> 0 or t.u is null)"
    unit = "t.unit_concept_id"
    has_unit = f"{column_of(check)} = {concept_id} and ({unit} <> 0 or {unit} is null)"
    return Asking(
        breaking=Measure(source=source, aggregate=sum_where(strange)),
        looked_at=Measure(
            source=source, aggregate=sum_where(with_unit), rows=rows_of(check, has_unit)
        ),
        rows=rows_of(check, f"{column_of(check)} = {concept_id} and {unit} not in ({believed})"),
        needs=own(check, "unit_concept_id"),
        recorded=Measure(source=source, aggregate=sum_where(f"t.v = {concept_id}"))
        if given.reading == "catchment"
        else None,
    )


OF_CONCEPTS: dict[str, Asker] = {
    "fkDomain": _domain,
    "fkClass": _class,
    "isStandardValidConcept": _standard,
    "plausibleGender": _gender,
    "plausibleGenderUseDescendants": _gender_of_descendants,
    "plausibleUnitConceptIds": _units,
}
