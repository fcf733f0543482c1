"""Up to which day does a run follow what happened? After it, or where it never did, no report can check it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

HISTORY = {
    "hospitals": "as_it_happened", "ceasefire": "as_it_happened", "aid_crossings": None, "cut_road": None,
    "temperature_shift_c": 0.0, "add": None,
}  # fmt: skip
AS_IT_WAS = ("as_it_was", "closed")  # the border was closed to the displaced throughout


def history_until(config: Mapping[str, Any]) -> date | None:
    """The last day to which a run follows what happened; None if it never does, ``date.max`` if it always does."""
    events, border, hazard = (config.get(part) or {} for part in ("events", "border", "hazard"))
    changed = any(events.get(key, value) != value for key, value in HISTORY.items())
    prescribed = _prescribed(config)
    if changed or border.get("policy", "as_it_was") not in AS_IT_WAS or hazard.get("warning_days"):
        return None
    if events.get("violence", "as_it_happened") == "as_it_happened" and not prescribed:
        return date.max
    until = [events.get("known_until"), (config.get("exodus") or {}).get("begins") if prescribed else None]
    known = [date.fromisoformat(str(day)[:10]) for day in until if day]
    return min(known) - timedelta(days=1) if known else None


def departures(config: Mapping[str, Any]) -> list[str]:
    """The settings by which a run leaves what happened, as ``border.policy=open``; empty if it never does."""
    if history_until(config) == date.max:
        return []
    events, border, hazard = (config.get(part) or {} for part in ("events", "border", "hazard"))
    usual = {"violence": "as_it_happened", **HISTORY}
    found = [f"events.{key}={events[key]}" for key, value in usual.items() if events.get(key, value) != value]
    if border.get("policy", "as_it_was") not in AS_IT_WAS:
        found.append(f"border.policy={border['policy']}")
    if hazard.get("warning_days"):
        found.append(f"hazard.warning_days={hazard['warning_days']}")
    if _prescribed(config):
        found.append("exodus (departures are prescribed)")
    return found


def _prescribed(config: Mapping[str, Any]) -> bool:
    """Whether somebody asked for other departures than there were; the case's own series are those there were."""
    exodus = config.get("exodus") or {}
    return not str(exodus.get("_target_", "NoExodus")).endswith("NoExodus") and exodus.get("series") != "case"
