"""The pathway of one jobseeker: its facts, the state they add up to, and the commands it accepts or refuses.

Read in this order: values, state, facts, refusals, rules, hours, commands; then the rooms of a life, each with
its facts and the commands that lead to them: enrolment, guidance, modules, ibo, stage, wep_plus, work, closing.
The catalogue lists what the rooms hold. Nothing here reads a clock, draws an id, opens a connection or knows
how anything is stored: all of that comes in as arguments.
"""
