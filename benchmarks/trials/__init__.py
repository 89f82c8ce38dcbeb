"""What `cluster_faults.py` tries with: people of several servers who talk, and remember."""
