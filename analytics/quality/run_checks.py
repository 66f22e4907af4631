"""Ask all checks of OHDSI's data quality of a CDM, and say what became of each."""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analytics.contracts import Contract, load_contracts, load_unit_contracts
from analytics.contracts.check_clause import CdmVersion
from analytics.contracts.check_tables import load_check_tables
from analytics.contracts.overrides import Override, apply_overrides
from analytics.contracts.quality_checks import (
    OF_ROWS,
    QualityCheck,
    list_quality_checks,
    take_converted_units,
)
from analytics.errors import BadInputError, near_miss
from analytics.quality.answers import Question
from analytics.quality.asked_database import AskedDatabase, asked_duckdb
from analytics.quality.asking import ask_all
from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.clauses import own_ids
from analytics.quality.counted_people import count_people
from analytics.quality.kept_answers import open_kept
from analytics.quality.measures import Catalogue, Circumstances, Reading, ask_for
from analytics.quality.statuses import CONDITIONS, decide, find
from analytics.settings import Settings, current_settings
from analytics.warehouse import CdmSource
from analytics.warehouse.postgres_address import PostgresAddress

NEEDED_FOR_STATUS = "measureValueCompleteness"
VOCABULARY = ("concept", "concept_ancestor")
NO_TABLE = "The CDM has no table "


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A CDM that is open, and every check that could be asked of it."""

    database: AskedDatabase
    version: CdmVersion
    checks: tuple[QualityCheck, ...]
    given: Circumstances


def run_checks(
    cdm: CdmSource | PostgresAddress,
    *,
    today: date,
    reading: Reading = "catchment",
    only: Collection[str] = (),
    overrides: Collection[Override] = (),
    version: CdmVersion | None = None,
    sample: float = 1.0,
    keep_in: Path | None = None,
    with_people: bool = False,
    contracts: Mapping[str, Contract] | None = None,
    settings: Settings | None = None,
) -> CheckRun:
    """Ask the checks that the contracts state (those of the house unless given).

    `only` are tables, kinds of checks or ids of checks (a rule of the house is `check`'s to ask);
    none: all tables that are checked by default (and, in our reading, the rows of the vocabulary
    that a workspace copies). `version` is that of the CDM; None: as its tables say. `sample` is the
    share of people whose rows are looked at. Answers are kept in the file `keep_in` until the run
    has come to its end; one that was killed goes on from there (if it can be told that the CDM is
    still the same). `with_people` counts the people behind the rows of checks that failed or are
    past their limit. Nothing is raised for a check that fails. Raises BadInputError for an unknown
    name, and for a sample that is no share.
    """
    begun = time.perf_counter()
    contracts = contracts or load_contracts("omop_cdm", only_landed=False)
    with _opened(cdm, contracts, settings or current_settings(), sample) as database:
        prepared = _prepare(database, contracts, reading, today, overrides, version)
        wanted = {check.check_id for check in _wanted(prepared.checks, contracts, only, reading)}
        tables = {check.table for check in prepared.checks if check.check_id in wanted}
        questions: list[Question] = [
            (check, ask_for(check, prepared.given))
            for check in prepared.checks
            if check.check_id in wanted
            or (check.name == NEEDED_FOR_STATUS and check.table in tables | {CONDITIONS})
        ]
        kept = None
        if keep_in and database.state:
            kept = open_kept(keep_in, database.state, questions, sample)
        answers = ask_all(database, questions, kept)
        found = find(prepared.given.catalogue, questions, answers)
        results = tuple(
            decide((check, asking), answers[check.check_id], found, reading)
            for check, asking in questions
            if check.check_id in wanted and check.check_id in answers
        )
        if with_people:
            results = _with_people(results, questions, database)
    if kept:
        kept.forget()
    return CheckRun(
        cdm=str(cdm.path) if isinstance(cdm, CdmSource) else str(cdm),
        cdm_version=prepared.version,
        reading=reading,
        today=today,
        results=results,
        notes=tuple(_notes(results, prepared.given.catalogue)),
        sample=sample,
        seconds=time.perf_counter() - begun,
    )


def _with_people(
    results: Sequence[CheckResult], questions: Sequence[Question], database: AskedDatabase
) -> tuple[CheckResult, ...]:
    """Those that failed, or are past their limit, with the people behind their rows."""
    told = {
        one.check.check_id
        for one in results
        if one.num_violated_rows and (one.status == "failed" or one.is_past_limit)
    }
    behind = count_people(database, [one for one in questions if one[0].check_id in told])
    return tuple(replace(one, behind=behind.get(one.check.check_id)) for one in results)


def query_for_rows(
    cdm: CdmSource | PostgresAddress,
    check_id: str,
    *,
    today: date,
    reading: Reading = "catchment",
    overrides: Collection[Override] = (),
    version: CdmVersion | None = None,
    contracts: Mapping[str, Contract] | None = None,
) -> str:
    """The breaking rows of a check as SQL that runs by itself; nothing is read of them here.

    Raises BadInputError for an unknown id.
    """
    contracts = contracts or load_contracts("omop_cdm", only_landed=False)
    with _opened(cdm, contracts, current_settings()) as database:
        prepared = _prepare(database, contracts, reading, today, overrides, version)
        known = {check.check_id: check for check in prepared.checks}
        if check_id.lower() not in known:
            guess = near_miss(check_id.lower(), (*known, *own_ids(contracts)))
            raise BadInputError(
                f"--show {check_id!r} is no id of a check.{guess} "
                "The report lists all under `check_id`."
            )
        check = known[check_id.lower()]
        asking = ask_for(check, prepared.given)
    spoken_of = {table for table, _ in asking.needs}
    statements = [
        statement for table, statement in database.to_begin if table is None or table in spoken_of
    ]
    subject = "person" if check.name.startswith("measure") and not check.field else "row"
    title = f"-- One row for each {subject} that breaks {check.check_id}: {check.kind.description}"
    return "\n".join([title, *(f"{statement};" for statement in statements), f"{asking.rows};"])


def _opened(
    cdm: CdmSource | PostgresAddress,
    contracts: Mapping[str, Contract],
    settings: Settings,
    sample: float = 1.0,
) -> AbstractContextManager[AskedDatabase]:
    if not 0 < sample <= 1:
        raise BadInputError(f"--sample {sample:g} is no share of people: above 0, and 1 for all.")
    if isinstance(cdm, CdmSource):
        return asked_duckdb(cdm, contracts, settings, sample)
    # Only who asks for a server needs its client.
    from analytics.quality.asked_postgres import asked_postgres

    return asked_postgres(cdm, sample)


def _prepare(
    database: AskedDatabase,
    contracts: Mapping[str, Contract],
    reading: Reading,
    today: date,
    overrides: Collection[Override],
    version: CdmVersion | None,
) -> Prepared:
    version = version or version_of(database, contracts)
    checks = tuple(list_quality_checks(contracts, load_check_tables(), version, reading))
    if reading == "catchment":
        checks = take_converted_units(checks, load_unit_contracts())
    return Prepared(
        database=database,
        version=version,
        checks=apply_overrides(checks, overrides),
        given=Circumstances(
            reading=reading,
            today=today,
            catalogue=database.catalogue,
            dialect=database.dialect,
            has_unreadable_births=database.has_unreadable_births,
        ),
    )


def version_of(database: AskedDatabase, contracts: Mapping[str, Contract]) -> CdmVersion:
    """Which version of the CDM the tables are of: by the names of columns, else as the CDM says."""
    names: set[CdmVersion] = set()
    for contract in contracts.values():
        there = database.catalogue.get(contract.name, {})
        for column in contract.columns:
            if column.name_in_53:
                names |= {"5.4"} if column.name in there else set()
                names |= {"5.3"} if column.name_in_53 in there else set()
    if len(names) == 1:
        return names.pop()
    return "5.3" if "5.3" in database.said_version else "5.4"


def _wanted(
    checks: Sequence[QualityCheck],
    contracts: Mapping[str, Contract],
    only: Collection[str],
    reading: Reading,
) -> Iterator[QualityCheck]:
    if not only:
        for check in checks:
            contract = contracts[check.table]
            is_ours = reading == "catchment" and contract.is_landed and check.name in OF_ROWS
            if contract.is_checked_by_default or is_ours:
                yield check
        return
    names = {name.lower() for name in only}
    known = {word.lower() for check in checks for word in (check.table, check.name, check.check_id)}
    of_our_own = own_ids(contracts)
    for name in sorted(names - known):
        if name in of_our_own and reading == "catchment":
            continue
        if name in of_our_own:
            raise BadInputError(
                f"--only {name!r} is a rule of our own; the reading dqd asks none. "
                "Leave --reading out."
            )
        raise BadInputError(
            f"--only {name!r} is no table of the CDM, no kind of check and no id of a check."
            f"{near_miss(name, known | of_our_own)} "
            "Kinds are those of data_contracts/checks/check_types.csv."
        )
    for check in checks:
        if names & {check.table, check.name.lower(), check.check_id}:
            yield check


def _notes(results: Sequence[CheckResult], catalogue: Catalogue) -> Iterator[str]:
    """Said once: what the CDM lacks, and how many checks could not be made for it."""
    reasons = Counter(result.reason for result in results if result.status == "not_checked")
    if not set(VOCABULARY) & set(catalogue):
        times = sum(reasons.pop(f"{NO_TABLE}{name}.", 0) for name in VOCABULARY)
        if times:
            yield _said("The CDM has no vocabulary.", times)
    # Tables that only their own check speaks of are named together.
    lacking = [one for one, times in reasons.items() if times == 1 and one.startswith(NO_TABLE)]
    alone = lacking if len(lacking) > 1 else []
    for reason, times in reasons.most_common():
        if reason not in alone:
            yield _said(reason, times)
    if alone:
        names = [reason.removeprefix(NO_TABLE).rstrip(".") for reason in alone]
        yield _said(f"{NO_TABLE}{', '.join(names[:-1])} or {names[-1]}.", len(names))


def _said(reason: str, times: int) -> str:
    return f"{reason} {times} check{'s were' if times > 1 else ' was'} not made."
