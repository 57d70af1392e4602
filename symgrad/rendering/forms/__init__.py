"""The same steps told another way: backpropagation, a small change, a product of Jacobians."""
