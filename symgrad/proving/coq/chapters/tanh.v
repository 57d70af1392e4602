Definition tanh (x : R) : R := (exp x ^ 2 - 1) / (exp x ^ 2 + 1).
Definition tanh' (x : R) : R := 1 - tanh x ^ 2.
Lemma tanh_is_derivative (x : R) : is_derive tanh x (tanh' x).
Proof.
  unfold tanh', tanh; pose proof (exp_pos x); pose proof (pow2_ge_0 (exp x)).
  auto_derive; [lra|field; lra].
Qed.
Lemma tanh_range (x : R) : -1 < tanh x < 1.
Proof.
  unfold tanh; pose proof (exp_pos x); assert (0 < exp x ^ 2) by (apply pow_lt; lra).
  split; apply Rmult_lt_reg_r with (exp x ^ 2 + 1); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma tanh'_range (x : R) : 0 < tanh' x <= 1.
Proof.
  unfold tanh'; pose proof (tanh_range x); pose proof (pow2_ge_0 (tanh x)); split; [|lra].
  assert (0 < (1 - tanh x) * (1 + tanh x)) by (apply Rmult_lt_0_compat; lra); lra.
Qed.
Lemma tanh_increasing (x y : R) : x < y -> tanh x < tanh y.
Proof.
  intros; unfold tanh; pose proof (exp_pos x); pose proof (exp_pos y).
  assert (exp x < exp y) by (apply exp_increasing; lra).
  assert (exp x ^ 2 < exp y ^ 2) by nra; assert (0 < exp x ^ 2) by (apply pow_lt; lra).
  replace ((exp x ^ 2 - 1) / (exp x ^ 2 + 1)) with (1 - 2 * / (exp x ^ 2 + 1)) by (field; lra).
  replace ((exp y ^ 2 - 1) / (exp y ^ 2 + 1)) with (1 - 2 * / (exp y ^ 2 + 1)) by (field; lra).
  pose proof (inv_lt (exp y ^ 2 + 1) (exp x ^ 2 + 1) ltac:(lra) ltac:(lra)); lra.
Qed.
Lemma tanh_monotone (x y : R) : x <= y -> tanh x <= tanh y.
Proof. intros [H| ->]; [left; apply tanh_increasing; exact H|right; reflexivity]. Qed.
Lemma tanh_0 : tanh 0 = 0.
Proof. unfold tanh; rewrite exp_0; field. Qed.
Lemma tanh_by_exp (x : R) : tanh x = (exp x ^ 2 - 1) / (exp x ^ 2 + 1).
Proof. reflexivity. Qed.
#[export] Hint Unfold tanh tanh' : values.
