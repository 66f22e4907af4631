"""Where the values of a covariate are cut into bins, so that trees grow alike wherever they grow.

XGBoost's own cut points hang on the order of rows and on how they are divided among workers: on
continuous covariates two engines then grow different trees. So the cuts are made here, once, from
the rows that are learned from, and each value becomes the lower edge of its bin. A tree splits
below one of these edges, and a value lies below it just when the lower edge of its bin does:
the model scores values as they are.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from analytics.errors import RunFailedError

# Stands for the value 0, which sparse vectors on Spark cannot tell from what is not recorded.
JUST_BELOW_ZERO = -np.finfo(np.float32).tiny


@dataclass(frozen=True, kw_only=True, eq=False)
class CutPoints:
    """Lower edges of the bins of each column: `edges[starts[j]:starts[j + 1]]`, ascending.

    No edge is 0.
    """

    starts: NDArray[np.int64]
    edges: NDArray[np.float32]

    def to_lower_edges(self, covariates: sp.csr_matrix) -> sp.csr_matrix:
        """The same matrix, each stored value the lower edge of its bin (the first, if below all).

        Raises `RunFailedError` where the columns are not those that were cut.
        """
        if covariates.shape[1] != len(self.starts) - 1:
            raise RunFailedError(
                f"cut points of {len(self.starts) - 1} covariates do not fit a matrix of "
                f"{covariates.shape[1]}. Cut the matrix that is learned from."
            )
        by_column = sp.csc_matrix(covariates)
        values = by_column.data.copy()
        for column in np.flatnonzero(np.diff(by_column.indptr)):
            here = slice(by_column.indptr[column], by_column.indptr[column + 1])
            edges = self.edges[self.starts[column] : self.starts[column + 1]]
            if len(edges) == 1:
                values[here] = edges[0]
            else:
                place = np.searchsorted(edges, values[here], side="right") - 1
                values[here] = edges[np.maximum(place, 0)]
        cut = sp.csc_matrix((values, by_column.indices, by_column.indptr), shape=by_column.shape)
        return sp.csr_matrix(cut)


def learn_cut_points(covariates: sp.csr_matrix, *, n_bins: int) -> CutPoints:
    """At most `n_bins` bins for each column, from its stored values.

    A column with at most `n_bins` different values has one bin for each. Of others the edges are
    values at evenly spaced ranks (lower quantiles), so that bins hold about as many values each.
    """
    by_column = sp.csc_matrix(covariates)
    edges = [
        _edges(by_column.data[start:stop], n_bins)
        for start, stop in zip(by_column.indptr[:-1], by_column.indptr[1:], strict=True)
    ]
    lengths = [len(each) for each in edges]
    return CutPoints(
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        edges=np.concatenate([np.empty(0, np.float32), *edges]).astype(np.float32),
    )


def _edges(values: NDArray[np.float32], n_bins: int) -> NDArray[np.float32]:
    different = np.unique(values)
    if len(different) > n_bins:
        ranks = np.arange(n_bins) * len(values) // n_bins
        different = np.unique(np.sort(values)[ranks])
    return np.where(different == 0, JUST_BELOW_ZERO, different).astype(np.float32)
