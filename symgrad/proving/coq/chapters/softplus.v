Definition softplus (x : R) : R := ln (1 + exp x).
Definition softplus' (x : R) : R := sigmoid x.
Lemma softplus_is_derivative (x : R) : is_derive softplus x (softplus' x).
Proof.
  unfold softplus', softplus; rewrite sigmoid_by_exp; pose proof (exp_pos x).
  auto_derive; [lra|field; lra].
Qed.
Lemma softplus_range (x : R) : 0 < softplus x.
Proof. unfold softplus; rewrite <- ln_1; apply ln_increasing; pose proof (exp_pos x); lra. Qed.
Lemma softplus'_range (x : R) : 0 < softplus' x < 1.
Proof. apply sigmoid_range. Qed.
Lemma softplus_monotone (x y : R) : x <= y -> softplus x <= softplus y.
Proof.
  intros [H| ->]; [left|right; reflexivity]; unfold softplus; apply ln_increasing; [pose proof (exp_pos x); lra|].
  pose proof (exp_increasing x y H); lra.
Qed.
Lemma softplus_increasing (x y : R) : x < y -> softplus x < softplus y.
Proof.
  intros H; unfold softplus; apply ln_increasing; [pose proof (exp_pos x); lra|].
  pose proof (exp_increasing x y H); lra.
Qed.
#[export] Hint Unfold softplus softplus' : values.
