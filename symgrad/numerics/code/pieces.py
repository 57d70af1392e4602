"""Functions that generated NumPy code begins with."""

from __future__ import annotations

ACCUMULATE = '''def accumulate(total, size, part, slope=None):
    """Add part (times slope) to a gradient; over the whole block where it is one number for all of it."""
    if total.size == size:
        total += part if slope is None else part * slope
        return
    whole = part if np.size(part) == size else np.broadcast_to(part, (size,))
    if slope is None:
        total += np.add.reduce(whole)
    elif np.size(slope) == size:
        total += np.dot(whole, slope)
    else:
        total += np.add.reduce(whole) * slope'''
CUT = '''def cut(array, part):
    """The part of a batch; a single number stays one."""
    return array[..., part] if array.shape[-1] > 1 else array'''
PAIRS = {
    "sigmoid": '''def sigmoid_and_slope(x, value, slope):
    """e/(1 + e), e = exp(x), and its slope sigmoid(x) sigmoid(-x); no exponential overflows."""
    np.exp(np.minimum(x, 709, out=value) if x.max() > 709 else x, out=value)
    np.add(value, 1, out=slope)
    np.reciprocal(slope, out=slope)
    value *= slope
    slope *= value''',
    "tanh": '''def tanh_and_slope(x, value, slope):
    """tanh(x) and its slope 1/cosh(x)^2, without the cancellation of 1 - tanh(x)^2."""
    np.tanh(x, out=value)
    with np.errstate(over="ignore"):
        np.cosh(x, out=slope)
    np.reciprocal(slope, out=slope)
    slope *= slope''',
}
