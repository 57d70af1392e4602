"""Tokens -> tree, in layers: each module is one family of rules, and `parser.Parser` stands on top.

stream: the tokens and the caps. scripts: what stands at _ and ^. names: variables, and what nobody declared.
functions: application and composition. derivatives: dX/dY. operators: products, big and small.
letters: which of these a run of letters is. atoms: brackets, bars, fractions, roots.
factors: powers and transposes. parser: sums, relations, logic.
"""
