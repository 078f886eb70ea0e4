"""A plausible population: invented people whose lives drive the real decisions, for demo, tests and benchmarks.

Read in this order: chance, people, organisations, counsellors, acts, modules, lives, wep_plus, changes,
mistakes, doubles, arrivals, population, recording, main. Nothing here decides or records by itself: that is the
use cases' work.
"""
