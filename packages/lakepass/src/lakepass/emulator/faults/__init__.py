"""What can go wrong on command: the switches, their table, and the HTTP routes to them."""
