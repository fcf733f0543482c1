"""From the files people have to the tables of a case: a module a kind of file, all behind one wall (``kinds``)."""
