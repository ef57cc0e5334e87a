"""The dashboard: pages that arrange parts over the measures of ``analytics``."""
