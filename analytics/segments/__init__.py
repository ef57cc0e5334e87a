"""Stations among their peers: who is comparable, and who differs beyond chance. Arrays in, arrays out."""
