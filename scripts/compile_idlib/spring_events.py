"""Truces and rules of April to September 2019 (ceasefires_2019.csv)."""

from __future__ import annotations

from events import Plain

# date, hour, hours, type, target, value, status, source, note
SPRING_PLAIN: Plain = (
    ("2019-04-01", 0, None, "aid_authorisation", "ALL", "2", "reported", "UNSC res. 2449",
     "Bab al-Salam and Bab al-Hawa; two more lie outside the north-west"),
    ("2019-05-18", 0, None, "ceasefire", "ALL", "1", "reported", "AFP 20 May 2019",
     "announced by the government alone; shelling went on"),
    ("2019-05-19", 18, None, "ceasefire", "ALL", "0", "reported", "AFP 20 May 2019",
     "air raids resume late on the 19th; hour assumed"),
    ("2019-06-12", None, None, "ceasefire", "ALL", "1", "reported", "Fresh Online 15 June 2019; OCHA Sitrep 5",
     "announced by Russia; hostilities continue to be reported"),
    ("2019-06-14", None, None, "ceasefire", "ALL", "0", "reported", "Fresh Online 15 June 2019", "air raids again"),
    ("2019-08-02", 0, None, "ceasefire", "ALL", "1", "reported", "AFP 2 Aug 2019; SOHR 138650",
     "conditional, from midnight; no aircraft, some shelling"),
    ("2019-08-05", 15, None, "ceasefire", "ALL", "0", "reported", "SOHR 138650",
     "ended in the afternoon; hour assumed"),
    ("2019-08-31", 6, None, "ceasefire", "ALL", "1", "reported", "Bawaba 31 Aug 2019; Al-Riyadh 1 Sept 2019",
     "air raids stop, shelling goes on"),
)  # fmt: skip
