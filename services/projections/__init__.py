"""The read side: read models that follow the events topic, and the answers they give."""
