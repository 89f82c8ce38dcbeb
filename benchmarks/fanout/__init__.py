"""How fast one message reaches everybody: lanchat, its rivals, and the kernel's limit.

`benchmarks/compare.py` is the way in.
"""
