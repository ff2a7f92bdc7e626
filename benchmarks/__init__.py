"""Results of `python -m emotion bench`, and `python -m benchmarks`, which makes them."""
