"""The standard as data: its clauses, services, areas, industries, courses and platforms, and their names."""
