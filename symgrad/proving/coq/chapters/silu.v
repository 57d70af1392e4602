Definition silu (x : R) : R := x / (1 + exp (- x)).
Definition silu' (x : R) : R := sigmoid x * (1 + x * (1 - sigmoid x)).
Lemma silu_is_derivative (x : R) : is_derive silu x (silu' x).
Proof.
  unfold silu', silu, sigmoid; pose proof (exp_pos (- x)); auto_derive; [lra|field; lra].
Qed.
#[export] Hint Unfold silu silu' : values.
