"""What can be said only once all people are done: refusals, clashes of ids, names, certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import narwhals as nw
import polars as pl

from analytics.features.certificate import (
    CERTIFICATE_COLUMNS,
    Certified,
    certify,
    check_certificate,
)
from analytics.features.prespecified.answers import kept_pairs, without_clashes
from analytics.features.prespecified.catalogue import PrespecifiedAnalysis
from analytics.features.prespecified.events import read_records
from analytics.features.prespecified.reference import (
    concepts_to_name,
    describe_analyses,
    describe_covariates,
)
from analytics.features.prespecified.score_concepts import say_missing_codes
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.values import units_recorded
from analytics.features.prespecified.windows import last_day_allowed

VOCABULARY = frozenset({"concept", "concept_ancestor", "concept_relationship"})
OF_PEOPLE = frozenset({"person", "observation_period"})
STAYS = frozenset({"visit_occurrence", "visit_detail"})
TRIPLE = ("row_id", "covariate_id", "covariate_value")
MADE = {
    "row_id": pl.Int64,
    "covariate_id": pl.Int64,
    "covariate_value": pl.Float64,
    "analysis_id": pl.Int64,
}
ANSWERED = {**MADE, "concept_id": pl.Int64, "value_as_concept_id": pl.Int64}
PAIRS = {name: kind for name, kind in ANSWERED.items() if name not in ("row_id", "covariate_value")}
READ = {name: CERTIFICATE_COLUMNS[name] for name in ("analysis_id", "n_rows_read", "latest_day")}
UNITS = {"analysis_id": pl.Int64, "concept_id": pl.Int64, "unit_concept_id": pl.Int64}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What some people gave, without the people.

    `present`: one row for each (covariate_id, analysis_id); `pairs`: one for each of those with
    its concept and answer; `read`: one for each analysis and window that rows were read for.
    """

    present: pl.DataFrame
    pairs: pl.DataFrame
    read: pl.DataFrame

    def of(self, analysis_ids: Sequence[int]) -> "Found":
        """What was found for these analyses."""
        asked = pl.col("analysis_id").is_in(analysis_ids)
        return Found(
            present=self.present.filter(asked),
            pairs=self.pairs.filter(asked),
            read=self.read.filter(asked),
        )

    @staticmethod
    def of_all(parts: Sequence["Found"]) -> "Found":
        """What all parts found together."""
        return Found(
            present=pl.concat(part.present for part in parts).unique(),
            pairs=pl.concat(part.pairs for part in parts).unique(),
            read=pl.concat(part.read for part in parts),
        )


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What holds for all people: which covariates stay, what they are called, what was read.

    `kept`: one row for each covariate of an answer, with the pair that keeps its id. `refused` are
    analyses that an id of which would leave 64 bits.
    """

    refused: tuple[int, ...]
    kept: pl.DataFrame
    covariate_ref: pl.DataFrame
    analysis_ref: pl.DataFrame
    certificate: pl.DataFrame
    warnings: tuple[str, ...]


def found_in(covariates: pl.LazyFrame, answered: pl.LazyFrame, read: pl.DataFrame) -> Found:
    """What these covariates are, whoever has them."""
    present, pairs = pl.collect_all(
        [
            covariates.select("covariate_id", "analysis_id").unique(),
            answered.select(*PAIRS).unique(),
        ],
        engine="streaming",
    )
    return Found(present=present, pairs=pairs, read=read)


def settle(
    found: Found, cdm: Cdm, analyses: Sequence[PrespecifiedAnalysis], end_day: int
) -> Settled:
    """Refuse analyses whose ids leave 64 bits, settle clashes, name covariates, certify.

    Raises `RunFailedError` where a row after the last day allowed was read.
    """
    last_days = {each.analysis_id: last_day_allowed(each, end_day) for each in analyses}
    certificate = certify(found.read, analyses, last_days)
    check_certificate(certificate)
    refused = refused_in(found)
    stays = ~pl.col("analysis_id").is_in(refused)
    pairs = found.pairs.filter(stays)
    kept = settle_clashes(pairs)
    answered = pairs.join(kept, on=list(PAIRS), how="semi")
    present = pl.concat(
        [found.present.filter(stays), answered.select("covariate_id", "analysis_id")]
    ).unique()
    units = _units(cdm, analyses, present)
    named = cdm.lift(concepts_to_name(present, units, kept))
    concepts = cdm.table("concept").select("concept_id", "concept_name")
    return Settled(
        refused=tuple(refused),
        kept=kept,
        covariate_ref=describe_covariates(
            present,
            analyses,
            end_day,
            units=units,
            answers=kept,
            concepts=cdm.collect(concepts.join(named, on="concept_id", how="semi")),
        ).sort("covariate_id", "covariate_name"),
        analysis_ref=describe_analyses(analyses, end_day),
        certificate=certificate,
        warnings=(
            *_missing(cdm, analyses),
            *say_refusals(analyses, refused),
            *say_missing_codes(cdm, {each.analysis_id: each.analysis_name for each in analyses}),
        ),
    )


def refused_in(found: Found) -> list[int]:
    """The analyses of which an id would leave 64 bits, sorted."""
    without_id = pl.col("covariate_id").is_null()
    return sorted(
        {
            *found.present.filter(without_id)["analysis_id"],
            *found.pairs.filter(without_id)["analysis_id"],
        }
    )


def settle_clashes(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row for each covariate of an answer, with the pair that keeps its id."""
    kept = cast(pl.LazyFrame, nw.to_native(kept_pairs(nw.from_native(pairs.lazy()))))
    return kept.with_columns(pl.col("collisions").cast(pl.Int64)).collect()


def settled_triples(
    covariates: pl.LazyFrame, answered: pl.LazyFrame, settled: Settled
) -> pl.LazyFrame:
    """One row for each covariate value that stays."""
    kept = without_clashes(nw.from_native(answered), nw.from_native(settled.kept.lazy()))
    unclashed = cast(pl.LazyFrame, nw.to_native(kept))
    every = pl.concat([covariates.select(*MADE), unclashed.select(*MADE)])
    if not settled.refused:  # As a rule: tens of millions of values need not be looked at.
        return every
    return every.filter(~pl.col("analysis_id").is_in(settled.refused))


def _units(
    cdm: Cdm, analyses: Sequence[PrespecifiedAnalysis], present: pl.DataFrame
) -> pl.DataFrame:
    """One row for each analysis of values that somebody has, and each concept and unit recorded."""
    there = set(present["analysis_id"])
    parts = [pl.DataFrame(schema=UNITS)]
    for table in dict.fromkeys(each.table for each in analyses if each.measure == "value"):
        asked = [
            each.analysis_id
            for each in analyses
            if each.measure == "value" and each.table == table and each.analysis_id in there
        ]
        if asked:
            recorded = cdm.collect(units_recorded(read_records(cdm, table)))
            parts.append(
                pl.DataFrame({"analysis_id": asked}, schema={"analysis_id": pl.Int64})
                .join(recorded, how="cross")
                .select(pl.col(name).cast(kind) for name, kind in UNITS.items())
            )
    return pl.concat(parts)


def _missing(cdm: Cdm, analyses: Sequence[PrespecifiedAnalysis]) -> list[str]:
    return say_missing(
        cdm, VOCABULARY | OF_PEOPLE | {analysis.table for analysis in analyses if analysis.table}
    )


def say_missing(cdm: Cdm, tables: frozenset[str]) -> list[str]:
    """For each of these tables that the CDM lacks: that it was taken as empty."""
    return [
        f"this CDM has no table {table}: it was taken as empty"
        for table in cdm.missing_tables(tables)
    ]


def say_refusals(analyses: Sequence[Certified], refused: Sequence[int]) -> list[str]:
    """For each analysis that is refused: its name, and why."""
    return [
        f"{analysis.analysis_name} (analysis {analysis.analysis_id}) was refused: a covariate id "
        "of it would leave 64 bits. All other analyses were made."
        for analysis in analyses
        if analysis.analysis_id in refused
    ]
