"""Words, errors, periods, scopes and settings that every other part shares."""
