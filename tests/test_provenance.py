"""Fingerprints: of what goes into a run, and of its files."""

from pathlib import Path
from typing import Any

from flightsim import provenance


def test_the_hash_is_about_meaning() -> None:
    def of(
        config: dict[str, Any], inputs: dict[str, str] | None = None, version: str = "1", seed: int = 1
    ) -> str:
        return provenance.run_hash(config, inputs or {}, version, seed)

    base = of({"days": 5, "hazard": {"radius_km": 5}})
    assert len(base) == 12
    assert int(base, 16) >= 0
    assert of({"hazard": {"radius_km": 5.0}, "days": 5, "results": "/elsewhere"}) == base
    different = [
        of({"days": 6, "hazard": {"radius_km": 5}}),
        of({"days": 5, "hazard": {"radius_km": 5}}, {"places.csv": "00"}),
        of({"days": 5, "hazard": {"radius_km": 5}}, version="2"),
        of({"days": 5, "hazard": {"radius_km": 5}}, seed=2),
        of({"days": 5, "hazard": {"radius_km": True}}),
    ]
    assert len({base, *different}) == 6


def test_input_files_are_fingerprinted(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("a")
    hashes = provenance.hash_files(tmp_path, ["places.csv", "gone.csv"])
    assert list(hashes) == ["places.csv"]
    assert len(hashes["places.csv"]) == 64
