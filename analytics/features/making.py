"""Covariates of any settings: FeatureExtraction's analyses and one's own, by one interface.

What a table gives is made for some people at a time (`made_by`); what depends on all of them is
settled once at the end (`settle_all`).
"""

from collections.abc import Iterator

import polars as pl

from analytics.errors import BadInputError
from analytics.features.certificate import notes_on_days
from analytics.features.covariates import Covariates
from analytics.features.own import own_event_tables, own_made_of, settle_own
from analytics.features.prespecified.build import (
    in_memory,
    made_of,
    tables_of,
)
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.definitions import Made
from analytics.features.prespecified.settling import (
    OF_PEOPLE,
    STAYS,
    VOCABULARY,
    Found,
    Settled,
    settle,
)
from analytics.features.prespecified.tables import Cdm
from analytics.features.prespecified.windows import check_end_day
from analytics.features.settings import FeatureSettings


def build_feature_covariates(
    cohort: pl.DataFrame, cdm: Cdm, settings: FeatureSettings
) -> Covariates:
    """The covariates of each cohort row, for as many people as memory holds.

    `cohort` has `row_id`, `subject_id`, `cohort_start_date`, `cohort_end_date`. Raises
    `RunFailedError` where a row after the last day allowed was read.
    """
    made = made_by(cdm, index_dates(cohort), settings)
    return in_memory(cdm, made, lambda found: settle_all(found, cdm, settings))


def check_settings(settings: FeatureSettings) -> None:
    """Raise `BadInputError` where nothing is asked for, or a window would end before it starts."""
    if not settings.prespecified and not settings.ones_own:
        raise BadInputError(
            f"{settings.name} asks for no covariate. Name analyses, facts or scores in it."
        )
    if settings.prespecified:
        check_end_day(settings.end_day)


def tables_read(settings: FeatureSettings) -> list[str]:
    """The tables of a CDM that these settings read, the vocabulary among them."""
    return sorted({*VOCABULARY, *OF_PEOPLE, *STAYS, *event_tables(settings)})


def event_tables(settings: FeatureSettings) -> list[str]:
    """Those of them that hold events, each once."""
    return list(dict.fromkeys([*tables_of(settings.prespecified), *own_event_tables(settings)]))


def made_by(cdm: Cdm, dates: pl.DataFrame, settings: FeatureSettings) -> Iterator[tuple[str, Made]]:
    """What each table gives for these index dates, by its name."""
    if settings.prespecified:
        yield from made_of(cdm, dates, settings.prespecified, settings.end_day, settings.concepts)
    if settings.ones_own:
        yield from own_made_of(cdm, dates, settings)


def settle_all(found: Found, cdm: Cdm, settings: FeatureSettings) -> Settled:
    """Refuse analyses whose ids leave 64 bits, settle clashes, name covariates, certify.

    Raises `RunFailedError` where a row after the last day allowed was read.
    """
    parts = []
    if settings.prespecified:
        ids = [each.analysis_id for each in settings.prespecified]
        parts.append(settle(found.of(ids), cdm, settings.prespecified, settings.end_day))
    if settings.ones_own:
        ids = [each.analysis_id for each in settings.ones_own]
        parts.append(settle_own(found.of(ids), cdm, settings))
    certificate = pl.concat(part.certificate for part in parts)
    told = [words for part in parts for words in part.warnings]
    return Settled(
        refused=tuple(number for part in parts for number in part.refused),
        kept=pl.concat(part.kept for part in parts),
        covariate_ref=pl.concat(part.covariate_ref for part in parts).sort(
            "covariate_id", "covariate_name"
        ),
        analysis_ref=pl.concat(part.analysis_ref for part in parts),
        certificate=certificate,
        warnings=tuple(dict.fromkeys([*notes_on_days(certificate), *told])),
    )
