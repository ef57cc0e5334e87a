"""Who is comparable with whom: declared types where these are big enough, else groups found in features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from analytics.stats.arrays import Floats, Integers

LEAST = 15


class PeerGroups(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Groups of comparable stations by a Gaussian mixture on robust-scaled features.

    As many groups as the Bayesian information criterion asks for, each of at least ``least`` stations: a
    mixture with a smaller group is passed over. Diagonal covariances: with full ones 200 stations do not
    hold a handful of features. Features must say what a station *is* (industry mix, staff, hours), never
    how well it does: groups made of outcomes would excuse them.

    Parameters
    ----------
    most : int
        Most groups tried.
    least : int
        Fewest stations of a group.
    random_state : int, RandomState or None
        As in scikit-learn.

    Attributes
    ----------
    labels_ : ndarray of int, shape (stations,)
        0, 1, … by falling size.
    mixture_ : GaussianMixture
        The mixture chosen, on scaled features.
    centre_, scale_ : ndarray of float, shape (features,)
        Median and interquartile range (over 1.349) of each feature.

    References
    ----------
    Fraley and Raftery (2002), JASA 97, 611-631.
    """

    def __init__(self, most: int = 8, least: int = LEAST, random_state: Any = None) -> None:
        self.most = most
        self.least = least
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> PeerGroups:  # noqa: N803, ARG002 - scikit-learn's names
        """Find the groups of stations ``X``, shape (stations, features)."""
        x = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        low, self.centre_, high = np.percentile(x, (25, 50, 75), axis=0)
        spread = (high - low) / 1.349
        # A feature that most stations share is scaled by its standard deviation; a constant says nothing.
        spread = np.where(spread > 0, spread, x.std(axis=0))
        self.scale_ = np.where(spread > 0, spread, 1.0)
        self.mixture_ = self._best((x - self.centre_) / self.scale_)
        found = self.mixture_.predict((x - self.centre_) / self.scale_)
        sizes = np.bincount(found, minlength=self.mixture_.n_components)
        self._order = np.empty(sizes.size, dtype=np.int64)
        self._order[np.argsort(-sizes, kind="stable")] = np.arange(sizes.size)
        self.labels_ = self._order[found]
        return self

    def predict(self, X: ArrayLike) -> Integers:  # noqa: N803 - scikit-learn's name
        """Return the group of each station of ``X``, shape (stations, features)."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=np.float64, reset=False)
        found: Integers = self._order[self.mixture_.predict((x - self.centre_) / self.scale_)]
        return found

    def _best(self, x: Floats) -> GaussianMixture:
        random = check_random_state(self.random_state)
        best, lowest = None, np.inf
        for count in range(1, max(1, min(self.most, x.shape[0] // max(1, self.least))) + 1):
            seed = int(random.randint(2**31 - 1))
            mixture = GaussianMixture(
                count, covariance_type="diag", n_init=4, reg_covar=1e-3, max_iter=300, random_state=seed
            ).fit(x)
            sizes = np.bincount(mixture.predict(x), minlength=count)
            criterion = mixture.bic(x)
            if best is None or (sizes.min() >= self.least and criterion < lowest):
                best, lowest = mixture, criterion
        return best


def bootstrap_stability(features: ArrayLike, *, draws: int = 20, least: int = LEAST, seed: int = 0) -> float:
    """Return how alike the groups are when stations are drawn anew: mean adjusted Rand index, at most 1.

    Each draw fits `PeerGroups` to stations drawn with replacement and puts all stations into its
    groups; these are compared with the groups of all (Hubert and Arabie 1985, J. Classification 2, 193-218).
    """
    x = np.asarray(features, dtype=np.float64)
    whole = PeerGroups(least=least, random_state=seed).fit(x).labels_
    rng = np.random.default_rng(seed)
    scores = []
    for _ in range(draws):
        drawn = rng.integers(0, x.shape[0], x.shape[0])
        again = PeerGroups(least=least, random_state=seed).fit(x[drawn])
        scores.append(adjusted_rand_score(whole, again.predict(x)))
    return float(np.mean(scores))


@dataclass(frozen=True)
class Bound:
    """One part of a rule: a feature lies at or below, or above, a value."""

    feature: int
    is_above: bool
    value: float


def rules(features: ArrayLike, labels: ArrayLike, *, depth: int = 3) -> dict[int, Sequence[Bound]]:
    """Return, for each group, the rule that describes most of its members, from a shallow decision tree.

    The path to the leaf that holds most members of the group (Breiman et al. 1984). A description, not the
    definition: members may fall outside it. An empty rule says that no feature sets the group apart.
    """
    from sklearn.tree import DecisionTreeClassifier

    x, group = np.asarray(features, dtype=np.float64), np.asarray(labels)
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=5, random_state=0).fit(x, group)
    leaf, inner = tree.apply(x), tree.tree_
    paths = _paths(inner)
    found: dict[int, Sequence[Bound]] = {}
    for name in np.unique(group):
        held = np.bincount(leaf[group == name], minlength=inner.node_count)
        found[int(name)] = paths[int(held.argmax())]
    return found


def _paths(tree: Any) -> dict[int, list[Bound]]:
    paths: dict[int, list[Bound]] = {0: []}
    for node in range(tree.node_count):
        for child, is_above in ((tree.children_left[node], False), (tree.children_right[node], True)):
            if child >= 0:
                bound = Bound(int(tree.feature[node]), is_above, float(tree.threshold[node]))
                # A later bound on the same side of the same feature is the tighter one.
                kept = [b for b in paths[node] if (b.feature, b.is_above) != (bound.feature, is_above)]
                paths[int(child)] = [*kept, bound]
    return paths
