"""The HTTP shell: dependencies, rendering, problems, security headers. Knows no feature."""
