"""The eight care sites of a health system: whom they care for, and how they write things down.

Neighbourhoods differ in age and deprivation, and people mostly go to the site near by, so sites
differ in case-mix. They differ in recording too: the share of long-term diseases that is coded at
a visit, how often blood is taken, and the units in which the laboratory reports.
"""

import numpy as np

from analytics.simulator.draws import Integers

N_CARE_SITES = 8
N_LOCATIONS = 24

# By care site: older (above 0) or younger than the census, in log weight for ten years of age.
AGE_TILT = np.array([-0.06, 0.0, 0.06, 0.0, -0.10, 0.03, 0.12, -0.03])
# By location (three near each site): 0 least deprived, 1 most.
DEPRIVATION = np.array(
    [
        *(0.9, 0.7, 0.8, 0.5, 0.6, 0.4, 0.2, 0.3, 0.1, 0.5, 0.4, 0.6),
        *(1.0, 0.8, 0.7, 0.3, 0.2, 0.4, 0.6, 0.9, 0.5, 0.1, 0.0, 0.2),
    ]
)
# By care site: codes written and panels ordered, against the usual.
CODES_WRITTEN = np.array([1.0, 1.1, 0.85, 1.0, 0.8, 1.2, 0.95, 1.1])
LABS_DONE = np.array([0.9, 1.2, 1.0, 1.15, 0.75, 1.05, 1.1, 0.9])
# The laboratories of these sites report in SI units (mmol/L) where the others use mg/dL.
REPORTS_IN_SI = np.array([False, False, False, True, False, False, True, False])


def care_site_near(location: Integers) -> Integers:
    """The care site near each location, both counted from 1."""
    return 1 + (location - 1) * N_CARE_SITES // N_LOCATIONS
