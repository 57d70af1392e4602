Definition arctan (x : R) : R := atan x.
Definition arctan' (x : R) : R := / (1 + x ^ 2).
Lemma arctan_is_derivative (x : R) : is_derive arctan x (arctan' x).
Proof.
  unfold arctan, arctan'; pose proof (pow2_ge_0 x); auto_derive; [exact I|].
  unfold Rsqr; field; lra.
Qed.
Lemma arctan_range (x : R) :
  - (15707963267948966192313216916397514420985846996875529104874722961539082031431044993140174126710585340 / 10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000) < arctan x < 15707963267948966192313216916397514420985846996875529104874722961539082031431044993140174126710585340 / 10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000.
Proof.
  pose proof (atan_bound x) as [L H]; unfold arctan.
  assert (PI / 2 < 15707963267948966192313216916397514420985846996875529104874722961539082031431044993140174126710585340 / 10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000) by (interval with (i_prec 600)).
  lra.
Qed.
Lemma arctan'_range (x : R) : 0 < arctan' x <= 1.
Proof.
  unfold arctan'; pose proof (pow2_ge_0 x); split; [apply Rinv_0_lt_compat; lra|].
  rewrite <- Rinv_1; apply inv_le; lra.
Qed.
Lemma arctan_increasing (x y : R) : x < y -> arctan x < arctan y.
Proof. exact (atan_increasing x y). Qed.
Lemma arctan_monotone (x y : R) : x <= y -> arctan x <= arctan y.
Proof. intros [H| ->]; [left; apply arctan_increasing; exact H|right; reflexivity]. Qed.
Lemma arctan_0 : arctan 0 = 0.
Proof. exact atan_0. Qed.
#[export] Hint Unfold arctan arctan' : values.
Lemma arctan_opp (x : R) : arctan (- x) = - arctan x.
Proof. exact (atan_opp x). Qed.
