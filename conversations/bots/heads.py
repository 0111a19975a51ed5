"""Two heads that learn to tell labels apart: one over hashed n-grams, one over vectors of meaning. Softmax regression.

Shapes: n texts, c labels, f features kept, d places of a vector. All float32; the same examples give the same head.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conversations.bots.features import features

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Row = tuple[Ints, Floats]  # columns and values of one text

ROUNDS, STEP, BATCH = 5, 0.08, 256
DENSE_ROUNDS, DENSE_STEP, DENSE_KEEP, SPREAD = 200, 0.05, 1e-4, 8.0


@dataclass(frozen=True)
class NgramHead:
    """`keys` are the features kept, in order; `rarity` weighs each; `weights` is f × c."""

    keys: Ints
    rarity: Floats
    weights: Floats
    offset: Floats

    def row(self, counted: Counter[int]) -> Row:
        """Unknown features fall out; the values have length one."""
        found = np.fromiter(counted.keys(), np.int64, len(counted))
        often = np.fromiter(counted.values(), np.float32, len(counted))
        at = np.searchsorted(self.keys, found)
        known = (at < len(self.keys)) & (self.keys[np.minimum(at, len(self.keys) - 1)] == found)
        columns, values = at[known], (1 + np.log(often[known])) * self.rarity[at[known]]
        return columns, values / (float(np.sqrt((values * values).sum())) or 1.0)

    def logits(self, text: str) -> Floats:
        columns, values = self.row(features(text))
        return np.asarray(values @ self.weights[columns] + self.offset, np.float32)


def fit_ngrams(counted: Sequence[Counter[int]], labels: Ints, size: int) -> NgramHead:
    """`labels` are numbers below `size`. Features that a single text has are not kept, unless there are few texts."""
    spread = Counter(key for each in counted for key in each)
    least = 2 if len(counted) >= 500 else 1
    keys = np.array(sorted(key for key, texts in spread.items() if texts >= least), np.int64)
    rarity = np.array([np.log((1 + len(counted)) / (1 + spread[int(key)])) + 1 for key in keys], np.float32)
    head = NgramHead(keys, rarity, np.zeros((len(keys), size), np.float32), np.zeros(size, np.float32))
    rows = [head.row(each) for each in counted]
    lengths = np.array([len(columns) for columns, _values in rows])
    some = np.flatnonzero(lengths)
    seen, chance = np.full(len(keys), 1e-8, np.float32), np.random.default_rng(0)
    rounds = ROUNDS if len(rows) >= 2000 else ROUNDS * 4
    for _round in range(rounds):
        order = chance.permutation(some)
        for start in range(0, len(order), BATCH):
            _learn(head, [rows[n] for n in order[start : start + BATCH]], labels[order[start : start + BATCH]], seen)
    return head


def _learn(head: NgramHead, rows: Sequence[Row], labels: Ints, seen: Floats) -> None:
    """One step of AdaGrad with a rate of its own for each feature."""
    columns = np.concatenate([row[0] for row in rows])
    values = np.concatenate([row[1] for row in rows])
    lengths = np.array([len(row[0]) for row in rows])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    off = softmax(np.add.reduceat(head.weights[columns] * values[:, None], starts, axis=0) + head.offset)
    off[np.arange(len(rows)), labels] -= 1
    order = np.argsort(columns, kind="stable")
    columns, texts = columns[order], np.repeat(np.arange(len(rows)), lengths)[order]
    first = np.flatnonzero(np.r_[True, columns[1:] != columns[:-1]])
    slope = np.add.reduceat(off[texts] * values[order][:, None], first, axis=0)
    touched = columns[first]
    seen[touched] += (slope**2).mean(1)
    head.weights[touched] -= STEP * slope / np.sqrt(seen[touched])[:, None]
    np.subtract(head.offset, STEP * off.mean(0), out=head.offset)


@dataclass(frozen=True)
class VectorHead:
    """`weights` is d × c."""

    weights: Floats
    offset: Floats

    def logits(self, vectors: Floats) -> Floats:
        return np.asarray(vectors @ self.weights + self.offset, np.float32)


def fit_vectors(vectors: Floats, labels: Ints, size: int) -> VectorHead:
    """Adam over all at once: a second for ten thousand."""
    spread, wanted = vectors * SPREAD, np.eye(size, dtype=np.float32)[labels]
    weights, offset = np.zeros((vectors.shape[1], size), np.float32), np.zeros(size, np.float32)
    drift, bend = np.zeros_like(weights), np.zeros_like(weights)
    for turn in range(1, DENSE_ROUNDS + 1):
        off = softmax(spread @ weights + offset) - wanted
        slope = spread.T @ off / len(vectors) + DENSE_KEEP * weights
        drift += 0.1 * (slope - drift)
        bend += 0.001 * (slope * slope - bend)
        weights -= DENSE_STEP * (drift / (1 - 0.9**turn)) / (np.sqrt(bend / (1 - 0.999**turn)) + 1e-8)
        offset -= DENSE_STEP * 10 * off.mean(0)
    return VectorHead(weights * SPREAD, offset)


def softmax(logits: "Floats | NDArray[np.float64]") -> Floats:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)
