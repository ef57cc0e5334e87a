"""Invented ledgers (示例数据) as stations and districts would send them, for trying out and testing."""
