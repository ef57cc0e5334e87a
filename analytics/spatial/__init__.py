"""How far services reach: arrays in, arrays out; distances in kilometres, places in WGS-84 degrees."""
