"""How often one person may do what could be abused: guess a code, or keep the machine busy."""
