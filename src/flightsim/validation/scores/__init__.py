"""How far can it be believed: modelled beside observed, and beside baselines that know no model.

Tables in, scores out: ``metrics`` and ``shares`` are the scores, ``totals`` and ``splits`` the baselines,
``questions`` what observations ask, ``board`` everything in one table.
"""
