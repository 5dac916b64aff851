"""Who a citizen is: channel addresses, sealed, apart from everything else."""
