"""Which value of one lever makes an outcome meet a target: the search, what it may be asked, and what it says."""
