"""One file a measure, found automatically; the file's name is the measure's key."""
