"""What people see of their own connections while they look: every frame, bit by bit."""
