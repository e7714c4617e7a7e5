"""How fast, beside the code the field writes: the textbook loop and the measurements."""
