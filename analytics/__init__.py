"""Ledgers in, measures out: everything the dashboard and the command line compute."""
