"""Where commands print what people read: on standard error, so that results can be piped."""

from rich.console import Console

# Paths and names are printed as they are: brackets in them are not markup.
console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
