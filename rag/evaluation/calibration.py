"""Calibration: whether an answer is as often right to be given as its confidence says."""

from collections.abc import Sequence

_BINS = 10


def calibration_error(believed: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error of some confidences, each with whether it held.

    The confidences are put into ten bins of equal width; in each, their mean is held against the
    share that held, and the differences are averaged, each weighted by how many are in its bin.

    >>> calibration_error([(0.75, True), (0.75, True), (0.75, False), (0.75, True)])
    0.0
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, held in believed:
        bins.setdefault(min(int(confidence * _BINS), _BINS - 1), []).append((confidence, held))
    off = (abs(sum(confidence - held for confidence, held in one)) for one in bins.values())
    return sum(off) / max(len(believed), 1)
