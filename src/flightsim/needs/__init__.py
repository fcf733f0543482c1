"""From people by sub-district, shelter and day to what they need, what is short of it from when, and what it costs.

``standards``   how much of what a person needs: one editable table, each entry with unit and source
``quantities``  people times standards: pure sums
``people``      who is where, out of the results of one run or of many with other random seeds
``care``        who is farther than an hour's walk from health care that works, and how much of it works where
``transport`` how many relief trucks a day the roads can take into each area
``capacity``    what there is to meet the needs: from the case, or from a table of the user's
``gaps``        needs against capacity, and the date on which each capacity no longer suffices
``money``       what it costs, against funding
``triggers``    the chance that more than so many people arrive somewhere within so many days
``stocks``      what is in warehouses and on its way, and the day on which it runs out
``partners``    who does what where, and what is unmet
``planning``    which scenarios are most likely, worst and best, their caseload by month, and when they part
``anticipation`` from what chance on it pays to act early, and how often it would be for nothing
``report``      tables, figures and one screen out of all of them
"""
