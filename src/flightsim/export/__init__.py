"""Results in the formats that planners' tools read, out of rounded counts.

``disclosure``  counts of people rounded so that no small one can be read or worked out
``columns``     every column that is exported: its HXL tag and meaning
``shared``      the tables that may be passed on
``plain``       CSV, Parquet, HXL
``workbook``    an Excel workbook, a sheet a sector
``geo``         areas with outcomes as GeoJSON and GeoPackage
``pictures``    figures for print
``metadata``    what a data portal asks for
``folder``      all of it together, whole or not at all
"""
