"""Fuzzing of the readers: targets, a mutating fuzzer without dependencies, and a harness for atheris."""
