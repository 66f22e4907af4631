"""Side-by-side timings, printed by `make bench`."""
