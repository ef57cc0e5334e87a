"""Measures: what is counted over what, and the one way to ask for it."""

from analytics.measures.evaluate import evaluate, evaluate_many, resolve_period
from analytics.measures.result import Request, Result

__all__ = ["Request", "Result", "evaluate", "evaluate_many", "resolve_period"]
