"""Where care happens and who gives it: locations, care sites, providers, and the source itself."""

from datetime import date

import numpy as np
import polars as pl

from analytics.simulator.lives.care_sites import N_CARE_SITES, N_LOCATIONS, care_site_near
from analytics.simulator.lives.people import PROVIDERS_PER_SITE
from analytics.simulator.site import Site

_SITE_NAMES = (
    "Alder Clinic",
    "Birch Hospital",
    "Cedar Health Centre",
    "Elm General Hospital",
    "Fir Street Practice",
    "Hazel Medical Centre",
    "Juniper Hospital",
    "Larch Family Medicine",
)
_OFFICE, _HOSPITAL = 8940, 8717
_GENERAL_PRACTICE, _INTERNAL_MEDICINE = 38004446, 38004456


def place_tables() -> dict[str, pl.DataFrame]:
    """The `location`, `care_site` and `provider` tables, the same in every simulation."""
    location_id = np.arange(1, N_LOCATIONS + 1)
    site_id = np.arange(1, N_CARE_SITES + 1)
    provider_id = np.arange(1, N_CARE_SITES * PROVIDERS_PER_SITE + 1)
    is_hospital = np.array(["Hospital" in name for name in _SITE_NAMES])
    provider_site = (provider_id - 1) // PROVIDERS_PER_SITE + 1
    nearest_site = care_site_near(location_id)
    is_specialist, is_woman = provider_id % 3 == 0, provider_id % 2 == 0
    return {
        "location": pl.DataFrame(
            {
                "location_id": location_id,
                "address_1": [f"{i} Made-up Street" for i in location_id],
                "city": [f"District {i}" for i in location_id],
                "state": ["XX"] * len(location_id),
                "zip": [f"{100 + i:03d}" for i in location_id],
                "county": [_SITE_NAMES[near - 1].split()[0] for near in nearest_site],
                "location_source_value": [f"L{i:02d}" for i in location_id],
                "country_source_value": ["nowhere"] * len(location_id),
            }
        ),
        "care_site": pl.DataFrame(
            {
                "care_site_id": site_id,
                "care_site_name": list(_SITE_NAMES),
                "place_of_service_concept_id": np.where(is_hospital, _HOSPITAL, _OFFICE),
                "location_id": 1 + (site_id - 1) * N_LOCATIONS // N_CARE_SITES,
                "care_site_source_value": [f"S{i}" for i in site_id],
                "place_of_service_source_value": np.where(is_hospital, "hospital", "surgery"),
            }
        ),
        "provider": pl.DataFrame(
            {
                "provider_id": provider_id,
                "provider_name": [f"Provider {i}" for i in provider_id],
                "specialty_concept_id": np.where(
                    is_specialist, _INTERNAL_MEDICINE, _GENERAL_PRACTICE
                ),
                "care_site_id": provider_site,
                "year_of_birth": (1955 + provider_id * 7 % 35).astype(np.int32),
                "gender_concept_id": np.where(is_woman, 8532, 8507),
                "provider_source_value": [f"P{i:03d}" for i in provider_id],
                "specialty_source_value": np.where(is_specialist, "internal medicine", "general"),
                "gender_source_value": np.where(is_woman, "F", "M"),
            }
        ),
    }


def source_table(persons: int, seed: int, site: Site) -> pl.DataFrame:
    """One row only, of the table `cdm_source`: it says that these people are simulated."""
    name = "Catchment simulated population" if site == Site() else f"{site.name}, simulated"
    return pl.DataFrame(
        {
            "cdm_source_name": [name],
            "cdm_source_abbreviation": ["simulated"],
            "cdm_holder": ["Catchment"],
            "source_description": [
                f"{persons} simulated people, seed {seed}. Nobody here is or was alive."
            ],
            "source_release_date": [date(2024, 12, 31)],
            "cdm_release_date": [date(2024, 12, 31)],
            "cdm_etl_reference": ["catchment simulate"],
            "cdm_version": ["v5.4"],
            "cdm_version_concept_id": [756265],
            "vocabulary_version": ["concepts used by the simulator"],
        }
    )
