"""What passes from one who answers to the next, so that no customer has to say it again."""
