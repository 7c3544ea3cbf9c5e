"""What all measurements share: contenders in processes of their own, memory, tables."""
