"""One-page briefs (一页专报): the state of a district or the city as two A4 pages, every figure traceable."""
