"""The database's steps, in order of their numbers; `store` takes those that are new to a database."""
