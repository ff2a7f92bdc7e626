"""What `python -m emotion bench` measures; the results of one machine lie in `benchmarks/`."""
