Definition sigmoid (x : R) : R := / (1 + exp (- x)).
Definition sigmoid' (x : R) : R := sigmoid x * (1 - sigmoid x).
Lemma sigmoid_is_derivative (x : R) : is_derive sigmoid x (sigmoid' x).
Proof.
  unfold sigmoid', sigmoid; pose proof (exp_pos (- x)).
  auto_derive; [lra|field; lra].
Qed.
Lemma sigmoid_range (x : R) : 0 < sigmoid x < 1.
Proof.
  unfold sigmoid; pose proof (exp_pos (- x)); split; [apply Rinv_0_lt_compat; lra|].
  rewrite <- Rinv_1; apply Rinv_lt_contravar; lra.
Qed.
Lemma sigmoid'_range (x : R) : 0 < sigmoid' x <= 1 / 4.
Proof.
  unfold sigmoid'; pose proof (sigmoid_range x); split; [apply Rmult_lt_0_compat; lra|].
  pose proof (pow2_ge_0 (sigmoid x - 1 / 2)); lra.
Qed.
Lemma sigmoid_increasing (x y : R) : x < y -> sigmoid x < sigmoid y.
Proof.
  intros; unfold sigmoid; pose proof (exp_pos (- x)); pose proof (exp_pos (- y)).
  assert (exp (- y) < exp (- x)) by (apply exp_increasing; lra).
  apply inv_lt; lra.
Qed.
Lemma sigmoid_monotone (x y : R) : x <= y -> sigmoid x <= sigmoid y.
Proof. intros [H| ->]; [left; apply sigmoid_increasing; exact H|right; reflexivity]. Qed.
Lemma sigmoid_0 : sigmoid 0 = 1 / 2.
Proof. unfold sigmoid; rewrite Ropp_0, exp_0; field. Qed.
Lemma sigmoid_by_exp (x : R) : sigmoid x = exp x / (1 + exp x).
Proof. unfold sigmoid; rewrite exp_Ropp; pose proof (exp_pos x); field; lra. Qed.
#[export] Hint Unfold sigmoid sigmoid' : values.
