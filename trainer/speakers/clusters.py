"""Vectors become people: agglomerative clustering by cosine similarity, and how sure each place is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform

from trainer.errors import DataError, RecipeError

SIMILARITY = 0.72  # of two groups on average, above which they are one person
MOST = 6000  # recordings: the work on their distances takes 1 GB


@dataclass(frozen=True)
class Clustering:
    """Which group each recording belongs to.

    Attributes:
        labels: int64 [n], 0 for the largest group.
        margins: float64 [n], mean similarity to the own group less that to the nearest other, -2..2: near or below
            0 is a guess. A recording that is alone in its group counts as 0 to it. With one group: likeness to it.
        nearest: int64 [n], that other group; -1 where there is one group only.
        silhouette: mean silhouette by cosine distance, -1..1: above 0.5 groups are clear, below 0.2 hardly there.
            None where there is one group, or a group for every recording.
    """

    labels: NDArray[np.int64]
    margins: NDArray[np.float64]
    nearest: NDArray[np.int64]
    silhouette: float | None


def cluster(vectors: NDArray[np.float32], similarity: float = SIMILARITY, count: int | None = None) -> Clustering:
    """Group vectors of length 1, [n, size]: the two groups most alike on average become one, again and again.

    Args:
        similarity: cosine, below which groups stay apart.
        count: of groups, in place of `similarity`.

    Raises:
        RecipeError: more groups than recordings are asked for.
        DataError: more recordings than memory allows.
    """
    number = len(vectors)
    if count is not None and not 1 <= count <= number:
        raise RecipeError(f"--n-clusters: 1 to {number} is allowed, the number of recordings. Received: {count}")
    if number > MOST:
        raise DataError(
            f"{number} recordings are more than can be compared at once; {MOST} are allowed",
            hint="Analyze sub-folders one by one.",
        )
    likeness = np.clip((vectors @ vectors.T).astype(np.float64), -1, 1)
    labels = _ordered(_tree(1 - likeness, similarity, count)) if number > 1 else np.zeros(number, np.int64)
    return _judged(likeness, labels)


def _tree(distances: NDArray[np.float64], similarity: float, count: int | None) -> NDArray[np.int64]:
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    groups = count or len(distances) - int(np.sum(tree[:, 2] <= 1 - similarity))
    return np.asarray(cut_tree(tree, n_clusters=groups)[:, 0], np.int64)


def _ordered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the groups by size, equal ones by their first member."""
    _, firsts, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((firsts, -sizes))] = np.arange(len(sizes))
    return rank[inverse]


def _judged(likeness: NDArray[np.float64], labels: NDArray[np.int64]) -> Clustering:
    number, groups = len(labels), int(labels.max(initial=-1)) + 1
    rows = np.arange(number)
    sizes = np.bincount(labels)
    sums = np.stack([likeness[:, labels == group].sum(axis=1) for group in range(groups)], axis=1)
    fellows = sizes[labels] - 1
    own = np.where(fellows > 0, (sums[rows, labels] - likeness[rows, rows]) / np.maximum(fellows, 1), 0.0)
    if groups < 2:
        return Clustering(labels, own, np.full(number, -1, np.int64), None)
    others = sums / sizes
    others[rows, labels] = -np.inf
    nearest = others.argmax(axis=1)
    margins = own - others[rows, nearest]
    far = np.maximum(1 - own, 1 - others[rows, nearest])  # silhouette: (b - a) / max(a, b), 0 for one alone
    each = np.where(fellows > 0, margins / np.maximum(far, 1e-9), 0.0)
    return Clustering(labels, margins, nearest, float(each.mean()) if groups < number else None)
