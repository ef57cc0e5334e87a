"""Where services do not reach: the analysis of reach over the store, for the command line and pages."""
