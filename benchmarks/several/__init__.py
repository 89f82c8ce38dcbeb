"""What `cluster.py` measures with: processes that share a database, and what they use."""
