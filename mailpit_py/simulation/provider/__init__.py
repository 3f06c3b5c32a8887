"""Providers' own words: one small file for each family; the catalogue's registry names them."""
