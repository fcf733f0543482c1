"""A brief to pass on: one HTML file that needs no network, in English, Arabic or another language.

``language``  texts, numbers and dates of a language, from one file each (``texts/``)
``subject``   what a brief is about: results, needs and the comparison of their scenarios
``wording``   the question, the scenario, what is assumed and what cannot be told, in words
``figures``   key figures, needs and gaps, chances, scenarios side by side: numbers and their ranges in words
``checks``    how the model did against what was reported
``svg``, ``frame``, ``curve``, ``ladder``, ``ground``, ``whereabouts``   pictures whose letters the browser sets
``page``      all of it on two pages
``planning``  the planning-scenario table of a contingency plan
"""
