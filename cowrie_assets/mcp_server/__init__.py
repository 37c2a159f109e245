"""The warehouse for assistants that speak the Model Context Protocol: reading alone, bounded, over stdio."""
