"""What other administrations hand over as files: read, judged row by row, and handed on person by person.

Here is what every kind of file shares; what one is about stands in a folder of its own.
"""
