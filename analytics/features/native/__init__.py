"""Covariates by kernels: one pass over Parquet that is sorted by person.

It means what the portable definition means, which stays its check, at a fraction of the cost:
`NativePass` serves most of FeatureExtraction's analyses, `count_records` counts in any windows.
Kernels are compiled by numba on first use and kept in this user's cache folder.
"""
