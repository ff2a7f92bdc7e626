"""Semblante: reads facial expressions live, trains the classifier, shows how good it is."""

__version__ = "0.1.0"
