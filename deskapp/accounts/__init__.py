"""Who works here: sign-in, roles, settings of one agent, the teams."""
