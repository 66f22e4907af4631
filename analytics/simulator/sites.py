"""Simulate several sites that share a truth: the ground for a network.

The sites are written into a hidden folder beside the place asked for, which takes its name only
when every site is whole.
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import yaml

from analytics.errors import BadInputError
from analytics.simulator.profile import Profile, load_profile
from analytics.simulator.simulation import SimulatedCdm, simulate
from analytics.simulator.site import Site, draw_sites
from analytics.simulator.world import Concepts
from analytics.simulator.writing.cdm_tables import TRUTH
from analytics.simulator.writing.place import check_is_free

FILE_NAME = "sites.yaml"
FEWEST_AT_A_SITE = 1


@dataclass(frozen=True, kw_only=True)
class SimulatedSites:
    """The folder that holds the sites, how they differ, and the CDM of each, in their order."""

    folder: Path
    sites: tuple[Site, ...]
    cdms: tuple[SimulatedCdm, ...]


def simulate_sites(
    *,
    persons: int,
    n_sites: int,
    seed: int,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
    density: float = 1.0,
    profile: str | Path | Profile = "default",
    dirty: bool = False,
    concepts: Concepts = "few",
    processes: int | None = None,
) -> SimulatedSites:
    """Write `n_sites` CDMs into `out`/site-1, `out`/site-2, …, about `persons` people in all.

    Nobody is at two sites, and no two people share a `person_id`; ids of other rows start at 1 at
    every site. `out`/truth/sites.yaml says how each site differs. The same arguments give
    byte-equal files. Raises `BadInputError` for what `simulate` refuses, for a number of sites
    outside 1 to 50, and for fewer people than sites.
    """
    out = Path(out)
    sites = draw_sites(n_sites, seed)
    n_people = share_out(persons, sites)
    planted = profile if isinstance(profile, Profile) else load_profile(profile)
    check_is_free(out)
    aside = out.parent / f".{out.name}.being-written"
    shutil.rmtree(aside, ignore_errors=True)
    written: list[SimulatedCdm] = []
    try:
        for site, n_here in zip(sites, n_people, strict=True):
            before = sum(cdm.n_people for cdm in written)
            written.append(
                simulate(
                    persons=n_here,
                    seed=seed,
                    out=aside / folder_name(site),
                    progress=_counted_on(progress, before, persons),
                    density=density,
                    profile=planted,
                    site=site,
                    first_person_id=before + 1,
                    dirty=dirty,
                    concepts=concepts,
                    processes=processes,
                )
            )
        _write_truth(aside, sites, n_people)
        if out.is_dir():
            out.rmdir()
        aside.rename(out)
    except OSError as error:
        raise BadInputError(
            f"Writing the simulated sites to {out} failed: {error}. Nothing was left behind. "
            f"Make room or choose another place for --out."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return SimulatedSites(
        folder=out,
        sites=sites,
        cdms=tuple(
            SimulatedCdm(folder=out / folder_name(site), n_people=cdm.n_people, n_rows=cdm.n_rows)
            for site, cdm in zip(sites, written, strict=True)
        ),
    )


def folder_name(site: Site) -> str:
    """What the folder of a site is called."""
    return f"site-{site.number}"


def share_out(persons: int, sites: tuple[Site, ...]) -> tuple[int, ...]:
    """People for each site by its size, one at least; they add up to `persons`.

    What is left after rounding down goes to the sites with the largest remainders.
    """
    if persons < len(sites):
        raise BadInputError(
            f"--persons is {persons} and --sites is {len(sites)}: each site needs at least one "
            f"person. Try --persons {1000 * len(sites)}."
        )
    size = np.array([site.size for site in sites])
    exact = FEWEST_AT_A_SITE + (persons - FEWEST_AT_A_SITE * len(sites)) * size / size.sum()
    whole = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(whole - exact, kind="stable")
    whole[by_remainder[: persons - int(whole.sum())]] += 1
    return tuple(whole.tolist())


def _counted_on(
    progress: Callable[[int, int], None] | None, before: int, persons: int
) -> Callable[[int, int], None] | None:
    """Progress over all sites, told while one of them is simulated."""
    if progress is None:
        return None
    return lambda done, _: progress(before + done, persons)


def _write_truth(folder: Path, sites: tuple[Site, ...], n_people: tuple[int, ...]) -> None:
    """Say in YAML how each site differs, and which people are its."""
    (folder / TRUTH).mkdir()
    first = 1
    described = []
    for site, n_here in zip(sites, n_people, strict=True):
        settings = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(site).items()
        }
        described.append(
            {
                "folder": folder_name(site),
                "n_people": n_here,
                "first_person_id": first,
                "last_person_id": first + n_here - 1,
                **settings,
            }
        )
        first += n_here
    text = yaml.safe_dump({"sites": described}, sort_keys=False, allow_unicode=True)
    (folder / TRUTH / FILE_NAME).write_text(text, encoding="utf-8")
