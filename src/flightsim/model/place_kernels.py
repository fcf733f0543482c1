"""The sums over places worth compiling, as `kernels` has the loops over households: what is near, what is felt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def pairs_within(at_km: Floats, by_east: Ints, source: Ints, within_km: float) -> tuple[Ints, Ints, Floats]:
    """Points and the sources, points themselves, not farther from them: the pairs by point, sources in their order.

    Returns where each point's pairs begin (and the end), the number of each pair's source, and km. ``at_km`` (P, 3),
    ``by_east`` the points by its first column: only a strip of them is looked at for each source.
    """
    east = at_km[:, 0].copy()
    begin = np.zeros(len(east) + 1, np.int64)
    sorted_east = east[by_east]
    first = np.searchsorted(sorted_east, east[source] - within_km, "left")
    last = np.searchsorted(sorted_east, east[source] + within_km, "right")
    for s in range(len(source)):
        for i in by_east[first[s] : last[s]]:
            if _km(at_km, i, source[s]) <= within_km:
                begin[i + 1] += 1
    begin = np.cumsum(begin)
    number, km = np.empty(begin[-1], np.int64), np.empty(begin[-1])
    free = begin[:-1].copy()
    for s in range(len(source)):
        for i in by_east[first[s] : last[s]]:
            apart = _km(at_km, i, source[s])
            if apart <= within_km:
                number[free[i]], km[free[i]] = s, apart
                free[i] += 1
    return begin, number, km


@compiled
def _km(at_km: Floats, i: int, j: int) -> float:
    """Straight km between two points."""
    east, north, up = at_km[i, 0] - at_km[j, 0], at_km[i, 1] - at_km[j, 1], at_km[i, 2] - at_km[j, 2]
    return float(np.sqrt(east**2 + north**2 + up**2))


@compiled
def sum_by_row(begin: Ints, column: Ints, weight: Floats, amount: Floats) -> Floats:
    """(P, m) for each row of a sparse table, its weights times the ``amount`` (S, m) of their columns."""
    total = np.zeros((len(begin) - 1, amount.shape[1]))
    for i in range(len(total)):
        for k in range(begin[i], begin[i + 1]):
            for m in range(amount.shape[1]):
                total[i, m] += weight[k] * amount[column[k], m]
    return total


@compiled
def persons_by_place(
    place: npt.NDArray[np.int32],
    persons: npt.NDArray[np.int16],
    weight: float,
    chosen: npt.NDArray[np.bool_],
    n_places: int,
) -> Floats:
    """(P,) people of the chosen households (H,) by place, in one pass over them."""
    counted = np.zeros(n_places)
    for i in range(len(place)):
        if chosen[i]:
            counted[place[i]] += persons[i] * weight
    return counted


@compiled
def fill_causes(
    rates: Floats,
    shelling: Floats,
    front: Floats,
    lost_care: Floats,
    neighbours: Floats,
    in_the_open: Floats,
    care_per_hour: float,
    care_factor: Floats,
) -> None:
    """The pressure an hour by cause (in order of `world.CAUSES`), kind and place (C, K, P): `behaviour.Flight.causes`.

    ``shelling``, ``front``, ``neighbours`` (P,) an hour; ``lost_care`` (P,) 0 to 1; ``in_the_open`` an hour and
    ``care_factor`` what lost care adds to danger, both (K,).
    """
    for kind in range(rates.shape[1]):
        for p in range(rates.shape[2]):
            danger = shelling[p] + front[p]
            rates[0, kind, p] = shelling[p]
            rates[1, kind, p] = front[p]
            rates[2, kind, p] = lost_care[p] * (danger * care_factor[kind] + care_per_hour)
            rates[3, kind, p] = neighbours[p]
            rates[4, kind, p] = in_the_open[kind]


@compiled
def net_pressure(causes: Floats, held_back: Floats) -> Floats:
    """(P, K) the causes (C, K, P) together, less what is held back (K,), never negative."""
    _, n_kinds, n_places = causes.shape
    pressure = np.empty((n_places, n_kinds))
    for kind in range(n_kinds):
        for p in range(n_places):
            total = causes[0, kind, p]
            for cause in range(1, len(causes)):
                total += causes[cause, kind, p]
            pressure[p, kind] = max(total - held_back[kind], 0.0)
    return pressure


@compiled
def gather(
    pressure: Floats, met: Floats, hours: float, in_step: Floats, gathered: Floats, by_cause: Floats
) -> None:
    """So many hours under ``pressure`` (P, K), of the causes ``met`` (C, K, P) an hour, are added up."""
    n_causes, n_kinds, n_places = met.shape
    for p in range(n_places):
        for kind in range(n_kinds):
            in_step[p, kind] = pressure[p, kind] * hours
            gathered[p, kind] += in_step[p, kind]
    for cause in range(n_causes):
        for kind in range(n_kinds):
            for p in range(n_places):
                met[cause, kind, p] *= hours
                by_cause[cause, kind, p] += met[cause, kind, p]


@compiled
def free_to_go(
    near_per_hour: Floats,
    remembered: Floats,
    dark: npt.NDArray[np.bool_],
    pinning_strikes: float,
    threat_strikes: float,
    night_calm: float,
    night_threat: float,
) -> Floats:
    """(P, n) how freely those who are ready go in each of n hours: see `transport.Transport.readiness`."""
    free = np.empty(near_per_hour.shape)
    for p in range(len(free)):
        threat = remembered[p] / (remembered[p] + threat_strikes)
        by_night = night_calm + (night_threat - night_calm) * threat
        for hour in range(len(dark)):
            covered = near_per_hour[p, hour] / pinning_strikes
            free[p, hour] = (by_night if dark[hour] else 1.0) / (1 + covered * covered)
    return free
