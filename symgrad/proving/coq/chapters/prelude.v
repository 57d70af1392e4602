From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
Open Scope R_scope.

(* Products, powers, quotients, absolute values of quantities with known bounds. *)
Ltac corner a b := pose proof (Rmult_le_pos a b ltac:(lra) ltac:(lra)).
Ltac corner_strict a b := pose proof (Rmult_lt_0_compat a b ltac:(lra) ltac:(lra)).
Ltac bars :=
  repeat match goal with
  | H : context [Rabs ?t] |- _ => unfold Rabs in H; destruct (Rcase_abs t)
  | |- context [Rabs ?t] => unfold Rabs; destruct (Rcase_abs t)
  end.
Ltac products :=
  rewrite ?Rabs_mult in *;
  repeat match goal with H : context [Rabs ?t] |- _ => rewrite (Rabs_pos_eq t) in H by lra end.
Ltac split_all := repeat match goal with |- _ /\ _ => split end.
Ltac nonzero :=
  repeat split;
  first
  [ assumption
  | lra
  | apply Rgt_not_eq; lra
  | apply pow_nonzero; nonzero
  | apply Rinv_neq_0_compat; nonzero
  | apply Rmult_integral_contrapositive_currified; nonzero
  | apply Rabs_no_R0; nonzero
  | bars; lra
  | timeout 10 nra ].
Ltac number f := first [lra | unfold f; interval with (i_prec 200) | interval with (i_prec 200)].

Lemma positive (x : R) : 0 <= x -> x <> 0 -> 0 < x.
Proof. intros [H|H] N; [exact H|symmetry in H; contradiction]. Qed.
Lemma inv_le (b l : R) : 0 < l -> l <= b -> / b <= / l.
Proof. intros; apply Rinv_le_contravar; lra. Qed.
Lemma inv_lt (b l : R) : 0 < l -> l < b -> / b < / l.
Proof. intros; apply Rinv_lt_contravar; [apply Rmult_lt_0_compat|]; lra. Qed.
Lemma exp_times (n : nat) (x : R) : exp (INR n * x) = exp x ^ n.
Proof.
  induction n as [|n IH]; [simpl; rewrite Rmult_0_l, exp_0; ring|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, IH; simpl; ring.
Qed.
Lemma exp_range (x : R) : 0 < exp x.
Proof. apply exp_pos. Qed.
Lemma exp_monotone (x y : R) : x <= y -> exp x <= exp y.
Proof. intros [H| ->]; [left; apply exp_increasing; exact H|right; reflexivity]. Qed.
