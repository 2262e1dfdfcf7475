"""A layout of two boxes: required, preferred and edited constraints, and ones that contradict each other."""

from kiwisolver import Solver, UnsatisfiableConstraint, Variable

left, middle, right = Variable("left"), Variable("middle"), Variable("right")
solver = Solver()
for constraint in (left == 0, right == 100, middle >= left + 10, middle <= right - 10):
    solver.addConstraint(constraint)
solver.addConstraint((middle - left == 2 * (right - middle)) | "strong")
solver.updateVariables()
assert abs(middle.value() - 200 / 3) < 1e-9

# A wish that cannot be met ends at the limit.
solver.addEditVariable(middle, "weak")
solver.suggestValue(middle, 20)
solver.updateVariables()
assert abs(middle.value() - 200 / 3) < 1e-9, "a weak wish does not beat a strong one"
solver.removeEditVariable(middle)
solver.addEditVariable(middle, "strong")
solver.reset()
for constraint in (left == 0, right == 100, middle <= right - 10):
    solver.addConstraint(constraint)
solver.addEditVariable(middle, "strong")
solver.suggestValue(middle, 500)
solver.updateVariables()
assert middle.value() == 90

# C++ throws; Python gets its own exception.
try:
    solver.addConstraint(middle >= 95)
except UnsatisfiableConstraint as error:
    assert error.constraint.op() == ">="
else:
    raise AssertionError("a contradiction was accepted")
