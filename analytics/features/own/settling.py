"""What can be said only once all people are done: refusals, clashes, names, certificate."""

from collections.abc import Sequence

import polars as pl

from analytics.features.analysis import Analysis
from analytics.features.certificate import certify, check_certificate
from analytics.features.domains import EVENT_DOMAINS
from analytics.features.naming import name_covariates
from analytics.features.own.unit_notes import unit_notes
from analytics.features.prespecified.reference import ANALYSIS_REF, REF_COLUMNS
from analytics.features.prespecified.settling import (
    PAIRS,
    Found,
    Settled,
    refused_in,
    say_missing,
    say_refusals,
    settle_clashes,
)
from analytics.features.prespecified.tables import Cdm
from analytics.features.scores import TABLES
from analytics.features.scores.notes import score_notes
from analytics.features.settings import FeatureSettings

DOMAIN_NAMES = {
    "condition_era": "Condition",
    "drug_era": "Drug",
    "race": "Demographics",
    "ethnicity": "Demographics",
}


def settle_own(found: Found, cdm: Cdm, settings: FeatureSettings) -> Settled:
    """Refuse analyses whose ids leave 64 bits, settle clashes, name covariates, certify.

    Raises `RunFailedError` where a row after the last day allowed was read.
    """
    analyses = settings.ones_own
    certificate = certify(found.read, analyses, {a.analysis_id: a.last_day for a in analyses})
    check_certificate(certificate)
    refused = refused_in(found)
    stays = ~pl.col("analysis_id").is_in(refused)
    pairs = found.pairs.filter(stays)
    kept = settle_clashes(pairs)
    return Settled(
        refused=tuple(refused),
        kept=kept,
        covariate_ref=_describe(found.present.filter(stays), pairs, kept, cdm, settings),
        analysis_ref=describe_own_analyses(analyses),
        certificate=certificate,
        warnings=(
            *_missing(cdm, settings),
            *say_refusals(analyses, refused),
            *unit_notes(cdm, settings),
            *score_notes(cdm, settings.scores),
        ),
    )


def describe_own_analyses(analyses: Sequence[Analysis]) -> pl.DataFrame:
    """One row for each analysis, as FeatureExtraction's `analysis_ref` has them."""
    told = {True: "Y", False: "N"}
    return pl.DataFrame(
        [
            (
                each.analysis_id,
                each.analysis_name,
                DOMAIN_NAMES.get(each.domain, each.domain.capitalize()),
                each.window.first_day if each.window else None,
                each.window.last_day if each.window else None,
                told[each.is_binary],
                None if each.is_binary else told[each.missing_means_zero],
            )
            for each in analyses
        ],
        schema=ANALYSIS_REF,
        orient="row",
    )


def _describe(
    present: pl.DataFrame,
    pairs: pl.DataFrame,
    kept: pl.DataFrame,
    cdm: Cdm,
    settings: FeatureSettings,
) -> pl.DataFrame:
    """One row for each covariate that somebody has."""
    answered = pairs.join(kept, on=list(PAIRS), how="semi").join(
        kept.select("covariate_id", "analysis_id", "collisions"),
        on=["covariate_id", "analysis_id"],
    )
    plain = present.select(
        "covariate_id",
        "analysis_id",
        concept_id=(pl.col("covariate_id") - pl.col("analysis_id")) // 1000,
        value_as_concept_id=pl.lit(None, pl.Int64),
        collisions=pl.lit(None, pl.Int64),
    )
    every = pl.concat([plain, answered.select(plain.columns)]).sort("covariate_id")
    wanted = pl.concat([every["concept_id"], every["value_as_concept_id"].drop_nulls()]).unique()
    names = cdm.collect(
        cdm.table("concept")
        .select("concept_id", "concept_name")
        .join(cdm.lift(wanted.to_frame("concept_id")), on="concept_id", how="semi")
    )
    return name_covariates(
        every, names, settings.ones_own, cohort_names=settings.cohort_names
    ).select(REF_COLUMNS)


def own_event_tables(settings: FeatureSettings) -> list[str]:
    """The event tables that the settings' own analyses and scores read, each once."""
    of_scores = [table for score in settings.scores for table in TABLES[score.analysis_id]]
    of_events = [EVENT_DOMAINS[each.domain].table for each in settings.analyses]
    return list(dict.fromkeys([*of_events, *of_scores]))


def _missing(cdm: Cdm, settings: FeatureSettings) -> list[str]:
    read = {"concept", *own_event_tables(settings)}
    read |= {"person", "observation_period"} if settings.facts else set()
    if settings.scores or any(each.concepts or each.roll_up for each in settings.analyses):
        read |= {"concept_ancestor"}
    return say_missing(cdm, frozenset(read))
