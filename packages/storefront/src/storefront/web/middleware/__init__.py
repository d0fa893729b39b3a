"""What happens to every request and response, whatever the route: one middleware in each module."""
