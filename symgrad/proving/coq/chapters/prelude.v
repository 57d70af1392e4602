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
  repeat match goal with
  | H : context [Rabs ?t] |- _ => rewrite (Rabs_pos_eq t) in H by lra
  | |- context [Rabs ?t] => rewrite (Rabs_pos_eq t) by lra
  end.
Ltac roots :=
  repeat match goal with
  | H : context [sqrt ?t] |- _ =>
    lazymatch goal with _ : 0 <= sqrt t |- _ => fail | _ => pose proof (sqrt_pos t) end
  end.
Ltac apart :=
  let equal := fresh in
  lazymatch goal with
  | |- 0 < ?t => destruct (Rtotal_order t 0) as [equal|[equal|?]]; [| |assumption]
  | |- ?t < 0 => destruct (Rtotal_order t 0) as [?|[equal|equal]]; [assumption| |]
  end;
  exfalso; try rewrite equal in *;
  repeat first [rewrite Rmult_0_l in * | rewrite Rmult_0_r in * | rewrite Rabs_R0 in *]; lra.
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
Ltac same :=
  first [ring | field; nonzero | rewrite ?pow2_abs; ring | field_simplify_eq; [rewrite ?pow2_abs; ring | nonzero]].
Ltac absurd_now := roots; first [lra | bars; lra | timeout 10 nra | timeout 10 (bars; nra)].
Ltac cut_at_zero := intros; repeat match goal with |- context [Rlt_dec 0 ?t] => destruct (Rlt_dec 0 t) end.
Create HintDb values.
Ltac closed := autounfold with values; first [interval with (i_prec 600) | bars; first [lra | field_simplify; lra]].

Lemma positive (x : R) : 0 <= x -> x <> 0 -> 0 < x.
Proof. intros [H|H] N; [exact H|symmetry in H; contradiction]. Qed.
Lemma negative (x : R) : x <= 0 -> x <> 0 -> x < 0.
Proof. intros [H|H] N; [exact H|contradiction]. Qed.
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
Lemma ln_monotone (x y : R) : 0 < x -> x <= y -> ln x <= ln y.
Proof. intros P [H| ->]; [left; apply ln_increasing; assumption|right; reflexivity]. Qed.
Lemma sqrt_range (x : R) : 0 <= sqrt x.
Proof. apply sqrt_pos. Qed.
Lemma sqrt_monotone (x y : R) : 0 <= x -> x <= y -> sqrt x <= sqrt y.
Proof. intros; apply sqrt_le_1; lra. Qed.
Lemma sqrt_increasing (x y : R) : 0 <= x -> x < y -> sqrt x < sqrt y.
Proof. intros; apply sqrt_lt_1; lra. Qed.
Lemma root_squared (x : R) : 0 <= x -> sqrt x ^ 2 = x.
Proof. intros; replace (sqrt x ^ 2) with (sqrt x * sqrt x) by ring; apply sqrt_sqrt; assumption. Qed.
Lemma square_positive (x : R) : x <> 0 -> 0 < x ^ 2.
Proof. intros; pose proof (pow2_ge_0 x); apply positive; [assumption|apply pow_nonzero; assumption]. Qed.
Lemma of_squares (s l : R) : 0 <= l -> s ^ 2 <= l ^ 2 -> s <= l.
Proof. intros P H; destruct (Rle_lt_dec s l); [assumption|nra]. Qed.
Lemma of_squares_lt (s l : R) : 0 <= l -> s ^ 2 < l ^ 2 -> s < l.
Proof. intros P H; destruct (Rlt_le_dec s l); [assumption|nra]. Qed.
Lemma exp_half (x h : R) : 0 < x -> h = 1 / 2 -> exp (h * ln x) = sqrt x.
Proof.
  intros P ->; rewrite <- Rpower_sqrt by assumption; unfold Rpower; f_equal; lra.
Qed.
Lemma exp_root (x : R) (n : nat) : INR n <> 0 -> exp (x * / INR n) ^ n = exp x.
Proof. intros N; rewrite <- exp_times; f_equal; field; assumption. Qed.
Lemma exp_one_more (x : R) : 0 <= exp x - (1 + x).
Proof. destruct (Req_dec x 0) as [->|N]; [rewrite exp_0; lra|pose proof (exp_ineq1 x N); lra]. Qed.
Lemma exp_tangent (s t : R) : 0 <= exp s - exp t * (1 + s - t).
Proof.
  replace (exp s) with (exp t * exp (s - t)) by (rewrite <- exp_plus; f_equal; ring).
  pose proof (exp_one_more (s - t)); pose proof (exp_pos t).
  pose proof (Rmult_le_pos (exp t) (exp (s - t) - (1 + (s - t))) ltac:(lra) ltac:(lra)); lra.
Qed.
Lemma exp_tangent_lt (s t : R) : s - t <> 0 -> 0 < exp s - exp t * (1 + s - t).
Proof.
  intros N; replace (exp s) with (exp t * exp (s - t)) by (rewrite <- exp_plus; f_equal; ring).
  pose proof (exp_ineq1 (s - t) N); pose proof (exp_pos t).
  pose proof (Rmult_lt_0_compat (exp t) (exp (s - t) - (1 + (s - t))) ltac:(lra) ltac:(lra)); lra.
Qed.
Lemma log_one_less (x : R) : 0 < x -> 0 <= x - 1 - ln x.
Proof. intros P; pose proof (exp_one_more (ln x)) as H; rewrite exp_ln in H by assumption; lra. Qed.
Lemma log_tangent (a b : R) : 0 < a -> 0 < b -> 0 <= a * / b - 1 + ln b - ln a.
Proof.
  intros A B; pose proof (log_one_less (a / b) ltac:(apply Rdiv_lt_0_compat; lra)) as H.
  rewrite ln_div in H by assumption; unfold Rdiv in H; lra.
Qed.
Lemma log_tangent_lt (a b : R) : 0 < a -> 0 < b -> a - b <> 0 -> 0 < a * / b - 1 + ln b - ln a.
Proof.
  intros A B N; destruct (log_tangent a b A B) as [H|H]; [exact H|exfalso].
  assert (L : ln a - ln b <> 0) by (intros E; apply N; assert (ln a = ln b) as F by lra; apply ln_inv in F; lra).
  pose proof (exp_ineq1 (ln a - ln b) L) as G; unfold Rminus in G; rewrite exp_plus, exp_Ropp, !exp_ln in G by assumption; lra.
Qed.
Lemma ln_product (a b : R) : 0 < a -> 0 < b -> ln (a * b) = ln a + ln b.
Proof. apply ln_mult. Qed.
Lemma two_pieces (f g : R -> R) (x a b : R) :
  x <> 0 -> is_derive f x a -> is_derive g x b ->
  is_derive (fun y => if Rlt_dec 0 y then f y else g y) x (if Rlt_dec 0 x then a else b).
Proof.
  intros N F G; assert (P : 0 < Rabs x) by (apply Rabs_pos_lt; exact N).
  destruct (Rlt_dec 0 x) as [H|H].
  - apply (is_derive_ext_loc f); [|exact F]; exists (mkposreal _ P); intros y Y.
    unfold ball in Y; simpl in Y; unfold AbsRing_ball, abs, minus, plus, opp in Y; simpl in Y.
    rewrite (Rabs_pos_eq x) in Y by lra; apply Rabs_def2 in Y; destruct (Rlt_dec 0 y); [reflexivity|lra].
  - apply (is_derive_ext_loc g); [|exact G]; exists (mkposreal _ P); intros y Y.
    unfold ball in Y; simpl in Y; unfold AbsRing_ball, abs, minus, plus, opp in Y; simpl in Y.
    rewrite (Rabs_left1 x) in Y by lra; apply Rabs_def2 in Y; destruct (Rlt_dec 0 y); [lra|reflexivity].
Qed.
(* The mean value theorem: what a bound on the slope says of two places. *)
Lemma between (f f' : R -> R) (u v : R) :
  (forall t, Rmin u v <= t <= Rmax u v -> is_derive f t (f' t)) ->
  exists c, Rmin u v <= c <= Rmax u v /\ f u - f v = f' c * (u - v).
Proof.
  intros D; destruct (MVT_gen f v u f') as [c [C E]].
  - intros t T; apply D; rewrite Rmin_comm, Rmax_comm; lra.
  - intros t T; apply derivable_continuous_pt; exists (f' t); apply is_derive_Reals, D; rewrite Rmin_comm, Rmax_comm; lra.
  - exists c; rewrite Rmin_comm, Rmax_comm; split; assumption.
Qed.
Lemma mean_value (f f' : R -> R) (L u v : R) :
  (forall t, Rmin u v <= t <= Rmax u v -> is_derive f t (f' t)) ->
  (forall t, Rmin u v <= t <= Rmax u v -> Rabs (f' t) <= L) -> 0 <= L * Rabs (u - v) - Rabs (f u - f v).
Proof.
  intros D B; destruct (between f f' u v D) as [c [C ->]]; rewrite Rabs_mult; specialize (B c C).
  pose proof (Rmult_le_compat_r (Rabs (u - v)) _ _ (Rabs_pos _) B); lra.
Qed.
Lemma mean_value_lt (f f' : R -> R) (L u v : R) :
  (forall t, Rmin u v <= t <= Rmax u v -> is_derive f t (f' t)) ->
  (forall t, Rmin u v <= t <= Rmax u v -> Rabs (f' t) < L) -> u - v <> 0 -> 0 < L * Rabs (u - v) - Rabs (f u - f v).
Proof.
  intros D B N; destruct (between f f' u v D) as [c [C ->]]; rewrite Rabs_mult; specialize (B c C).
  pose proof (Rmult_lt_compat_r (Rabs (u - v)) _ _ (Rabs_pos_lt _ N) B); lra.
Qed.
Lemma secant (f f' : R -> R) (m u v : R) :
  (forall t, Rmin u v <= t <= Rmax u v -> is_derive f t (f' t)) ->
  (forall t, Rmin u v <= t <= Rmax u v -> m <= f' t) -> 0 <= (f u - f v - m * (u - v)) * (u - v).
Proof.
  intros D B; destruct (between f f' u v D) as [c [C ->]]; specialize (B c C).
  pose proof (Rmult_le_pos (f' c - m) ((u - v) ^ 2) ltac:(lra) (pow2_ge_0 _)); lra.
Qed.
Lemma secant_lt (f f' : R -> R) (m u v : R) :
  (forall t, Rmin u v <= t <= Rmax u v -> is_derive f t (f' t)) ->
  (forall t, Rmin u v <= t <= Rmax u v -> m < f' t) -> u - v <> 0 -> 0 < (f u - f v - m * (u - v)) * (u - v).
Proof.
  intros D B N; destruct (between f f' u v D) as [c [C ->]]; specialize (B c C).
  pose proof (Rmult_lt_0_compat (f' c - m) ((u - v) ^ 2) ltac:(lra) (square_positive _ N)); lra.
Qed.
Lemma over_one (x : R) : 1 * / x = / x.
Proof. ring. Qed.
Lemma below_lt (a b u v : R) : exp a = u -> exp b = v -> u < v -> a < b.
Proof. intros <- <-; apply exp_lt_inv. Qed.
Lemma below_same (a b u v : R) : exp a = u -> exp b = v -> u = v -> a = b.
Proof. intros <- <-; apply exp_inv. Qed.
Lemma below_le (a b u v : R) : exp a = u -> exp b = v -> u <= v -> a <= b.
Proof. intros <- <- [H|H]; [left; apply exp_lt_inv; exact H|right; apply exp_inv; exact H]. Qed.
Lemma above_lt (a b u v : R) : exp a = u -> exp b = v -> u > v -> a > b.
Proof. intros <- <- H; apply exp_lt_inv; exact H. Qed.
Lemma above_le (a b u v : R) : exp a = u -> exp b = v -> u >= v -> a >= b.
Proof. intros A B H; apply Rle_ge; apply (below_le b a v u B A); lra. Qed.
