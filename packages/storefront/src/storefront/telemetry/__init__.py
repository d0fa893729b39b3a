"""What a running shop reports about itself: logs, metrics, traces, slow statements."""
