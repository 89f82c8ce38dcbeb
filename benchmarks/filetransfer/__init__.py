"""What files.py is made of: clients that cost little, and the servers that they meet."""
