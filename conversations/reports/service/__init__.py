"""How the service goes: how much comes, how soon it is answered and solved, and what is left."""
