"""The satellites of the house: who they are, what they listen for, and how a model gets to them."""
