"""Results in the formats that planners' tools read, with small counts suppressed.

``disclosure``  which cells of a table to hide so that no small count can be read or worked out
``columns``     every column that is exported: its HXL tag and meaning
``shared``      the tables that may be passed on
``plain``       CSV, Parquet, HXL
``workbook``    an Excel workbook, a sheet a sector
``geo``         areas with outcomes as GeoJSON and GeoPackage
``pictures``    figures for print
``metadata``    what a data portal asks for
``folder``      all of it together, whole or not at all
"""
