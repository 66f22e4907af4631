"""Which records an event of a pathway is made of: those of its source, or of its set's domain."""

from collections.abc import Mapping

import yaml

from analytics.errors import BadInputError
from analytics.settings import house_root
from analytics.studies import PathwayEvent, PathwayStudy
from analytics.warehouse.landed_events import DOMAINS

DRUG, DRUG_ERA, EPISODE = "drug", "drug_era", "episode"
BUILT = "built_drug_era"


def source_of(event: PathwayEvent, study: PathwayStudy) -> str:
    """The source that is asked for, or else that of the concept set's domain.

    Raises BadInputError for a concept set of another domain than the source's.
    """
    if event.concept_set is None:
        return str(event.source)
    domain = concept_set_domains()[event.concept_set]
    own = (DRUG_ERA, DRUG) if domain == DRUG else (domain,)
    if event.source not in (None, EPISODE, *own):
        raise BadInputError(
            f"{study.name}.yaml: event '{event.event}' asks for the source {event.source}, but its "
            f"concept set '{event.concept_set}' is one of the domain {domain}. "
            f"Use: {', '.join((*own, EPISODE))}; or leave the source out, which means {own[0]}."
        )
    return event.source or own[0]


def concept_set_domains() -> Mapping[str, str]:
    """The domain of each concept set that a pathway's events can be made of."""
    project = yaml.safe_load((house_root() / "dbt_project" / "dbt_project.yml").read_text())
    listed = project["vars"]["concept_sets"]
    return {name: domain for name, domain in listed.items() if domain in DOMAINS}
