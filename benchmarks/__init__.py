"""What `make bench` measures: a module per measure; each runs alone too, as `python -m benchmarks.sign_in`."""
