"""Where rows are kept: versions by batch, the current facts made from them, snapshots that readers open."""
