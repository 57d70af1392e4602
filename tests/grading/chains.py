"""Twelve chains that marking is tried on."""

from __future__ import annotations

from symgrad.api import Chain

LAYERS = """\
{head}for j in 1..{n}:
    z_j = w_j a_{{j-1}} + b_j
    a_j = {body}
C = {loss}
"""


def layers(head: str, n: int, body: str = "sigma(z_j)", loss: str = "") -> str:
    """A chain of single neurons."""
    return LAYERS.format(head=head, n=n, body=body, loss=loss or f"(a_{n} - y)^2 / 2")


TEXTS = {
    "nielsen": layers("sigma = sigmoid\n", 4),
    "tanh": layers("phi = tanh\n", 3, "phi(z_j)"),
    "relu": layers("", 3, "relu(z_j)"),
    "residual": layers("sigma = sigmoid\n", 3, "a_{j-1} + sigma(z_j)"),
    "tied": layers("sigma = sigmoid\n", 3).replace("b_j", "b"),
    "recurrent": "phi = tanh\nfor t in 1..3:\n    s_t = w x_t + u h_{t-1} + b\n    h_t = phi(s_t)\n"
    "L = (h_3 - y)^2\nparameters w, u, b\n",
    "entropy": "sigma = sigmoid\nz_1 = w_1 x + b_1\nh = sigma(z_1)\nz_2 = w_2 h + b_2\np = sigma(z_2)\n"
    "L = -(y log(p) + (1 - y) log(1 - p))\n",
    "deep": layers("sigma = sigmoid\n", 8),
    "softplus": layers("sigma = softplus\n", 3),
    "linear": layers("", 3, "z_j", "mse(a_3, y)"),
    "two paths": "sigma = sigmoid\nz_1 = w_1 x + b_1\nh_1 = sigma(z_1)\nz_2 = w_2 x + b_2\nh_2 = tanh(z_2)\n"
    "o = v_1 h_1 + v_2 h_2 + c\nL = (o - y)^2 / 2\nparameters w, b, v, x\n",
    "lstm": "sigma = sigmoid\nf = sigma(u_f x + b_f)\ni = sigma(u_i x + b_i)\ng = tanh(u_g x + b_g)\n"
    "o = sigma(u_o x + b_o)\nc = f c_0 + i g\nh = o tanh(c)\nL = (h - y)^2 / 2\n"
    "parameters u_f, b_f, u_i, b_i, u_g, b_g, u_o, b_o\n",
}  # fmt: skip


def chain(name: str) -> Chain:
    """One of the chains."""
    return Chain.parse(TEXTS[name])
