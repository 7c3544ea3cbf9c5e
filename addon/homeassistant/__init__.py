"""Home Assistant, as the app meets it: Supervisor, and the integration that it runs."""
