"""How well it learns by training images alone: each fifth answered by what learned the others."""

import numpy as np

from allspike.demos import digits
from allspike.demos.competition import Competition
from allspike.demos.digits_learning import SCHEDULES, Schedule, Way, answer, learn

FOLDS = 5
_ORDER = 77
"""Seed of the order in which the training images are dealt to the folds."""


def cross_validate(way: Way, schedule: Schedule | None = None) -> float:
    """The share of the training images that are answered right by networks that learned the other folds.

    Parameters
    ----------
    way : "unsupervised" or "supervised"
    schedule : Schedule, optional
        Another one than the demo's.
    """
    schedule = SCHEDULES[way] if schedule is None else schedule
    data = digits.load()
    images, truth = data.train_images, data.train_digits
    order = np.random.default_rng(_ORDER).permutation(len(images))
    correct = 0
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        rest = np.setdiff1d(order, held)
        network = Competition(images[rest], seed=fold, w_max=schedule.w_max)
        names, _ = learn(network, images[rest], truth[rest], schedule)
        correct += answer(network, names, images[held], truth[held], schedule.patience).correct
    return correct / len(images)
