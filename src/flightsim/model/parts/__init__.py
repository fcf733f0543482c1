"""The rules of a run, together: one part for each question."""

from __future__ import annotations

from dataclasses import dataclass, field

from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.border import Border, OpenBorder
from flightsim.model.parts.discrepancy import LogRateDrift, NoDiscrepancy
from flightsim.model.parts.exodus import NoExodus, Prescribed
from flightsim.model.parts.hazard import Bombardment, NoHazard
from flightsim.model.parts.population import Population
from flightsim.model.parts.roads import RoadNetwork
from flightsim.model.parts.services import HealthCare, NoServices
from flightsim.model.parts.shelter import ShelterLadder, UnlimitedShelter
from flightsim.model.parts.transport import FreeTransport, Transport


@dataclass(frozen=True)
class Parts:
    """The rules of a run, each answering one question; every one has a null version."""

    hazard: Bombardment | NoHazard = field(default_factory=Bombardment)
    services: HealthCare | NoServices = field(default_factory=HealthCare)
    roads: RoadNetwork = field(default_factory=RoadNetwork)
    border: Border | OpenBorder = field(default_factory=Border)
    shelter: ShelterLadder | UnlimitedShelter = field(default_factory=ShelterLadder)
    transport: Transport | FreeTransport = field(default_factory=Transport)
    behaviour: Flight = field(default_factory=Flight)
    discrepancy: LogRateDrift | NoDiscrepancy = field(default_factory=LogRateDrift)
    exodus: NoExodus | Prescribed = field(default_factory=NoExodus)
    population: Population = field(default_factory=Population)
