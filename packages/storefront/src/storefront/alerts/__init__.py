"""Tell me when it is back: one e-mail about a sold-out size, to who confirmed that they want it."""
