"""What `make bench` measures: one module per measure, each of which also runs alone (`python -m benchmarks.sign_in`)."""
