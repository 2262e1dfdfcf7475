# An error: the traceback names the line, and the editor marks it.
import sys


def mean(values):
    return sum(values) / len(values)


print("this goes to standard output")
print("this goes to standard error", file=sys.stderr)
print(mean([3, 4, 5]))
print(mean([]))
