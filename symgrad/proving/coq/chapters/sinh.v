Definition sinh (x : R) : R := (exp x - exp (- x)) / 2.
Definition sinh' (x : R) : R := (exp x + exp (- x)) / 2.
Lemma sinh_is_derivative (x : R) : is_derive sinh x (sinh' x).
Proof. unfold sinh, sinh'; auto_derive; [exact I|field]. Qed.
Lemma sinh'_range (x : R) : 1 <= sinh' x.
Proof.
  unfold sinh'; rewrite exp_Ropp; pose proof (exp_pos x) as P; pose proof (Rinv_0_lt_compat _ P).
  assert (exp x * / exp x = 1) by (field; lra); pose proof (pow2_ge_0 (exp x - 1)).
  assert (0 <= (exp x - 1) ^ 2 * / exp x) by (apply Rmult_le_pos; lra).
  replace ((exp x - 1) ^ 2 * / exp x) with (exp x - 2 + / exp x) in * by (field; lra); lra.
Qed.
Lemma sinh_increasing (x y : R) : x < y -> sinh x < sinh y.
Proof.
  intros; unfold sinh; pose proof (exp_increasing x y ltac:(lra)); pose proof (exp_increasing (- y) (- x) ltac:(lra)); lra.
Qed.
Lemma sinh_monotone (x y : R) : x <= y -> sinh x <= sinh y.
Proof. intros [H| ->]; [left; apply sinh_increasing; exact H|right; reflexivity]. Qed.
Lemma sinh_0 : sinh 0 = 0.
Proof. unfold sinh; rewrite Ropp_0; field. Qed.
Lemma sinh_by_exp (x : R) : sinh x = (exp x ^ 2 - 1) / (2 * exp x).
Proof. unfold sinh; rewrite exp_Ropp; pose proof (exp_pos x); field; lra. Qed.
#[export] Hint Unfold sinh sinh' : values.
