"""The write side: commands on jobseekers' pathways become facts on disk, and facts become events."""
