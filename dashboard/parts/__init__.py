"""What pages arrange: cards, charts, tables, filters, sentences, messages."""
