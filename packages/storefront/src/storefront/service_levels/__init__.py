"""How well the shop kept what it promises shoppers, counted over all processes: the error budget."""
