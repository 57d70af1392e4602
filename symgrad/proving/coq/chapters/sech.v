Definition sech (x : R) : R := 2 / (exp x + exp (- x)).
Definition sech' (x : R) : R := - (sech x * tanh x).
Lemma sech_is_derivative (x : R) : is_derive sech x (sech' x).
Proof.
  unfold sech', sech, tanh; rewrite exp_Ropp; pose proof (exp_pos x) as P; pose proof (exp_pos (- x)).
  auto_derive; [lra|rewrite exp_Ropp; pose proof (Rinv_0_lt_compat _ P); field; repeat split; nra].
Qed.
Lemma sech_range (x : R) : 0 < sech x <= 1.
Proof.
  unfold sech; pose proof (cosh_range x) as C; unfold cosh in C.
  split; [apply Rdiv_lt_0_compat; lra|].
  apply Rmult_le_reg_r with (exp x + exp (- x)); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma sech_by_exp (x : R) : sech x = 2 * exp x / (exp x ^ 2 + 1).
Proof.
  unfold sech; rewrite exp_Ropp; pose proof (exp_pos x) as P; pose proof (Rinv_0_lt_compat _ P).
  field; repeat split; nra.
Qed.
#[export] Hint Unfold sech sech' : values.
