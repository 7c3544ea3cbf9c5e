"""Who speaks: recordings told apart by voice, grouped, named and renamed (D5)."""
