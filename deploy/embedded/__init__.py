"""The servers of a first run and of the tests, started from packages: for trying, not for production."""
