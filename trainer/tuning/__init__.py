"""Better values for a recipe: trials on features that exist already, judged on validation alone."""
