Definition elu (x : R) : R := if Rlt_dec 0 x then x else exp x - 1.
Definition elu' (x : R) : R := if Rlt_dec 0 x then 1 else exp x.
Lemma elu_is_derivative (x : R) : x <> 0 -> is_derive elu x (elu' x).
Proof.
  intros H; unfold elu, elu'; apply (two_pieces (fun y => y) (fun y => exp y - 1)); [exact H|auto_derive; [exact I|ring]..].
Qed.
Ltac elu_piece := unfold elu, elu'; cut_at_zero; lra.
Lemma elu_range (x : R) : -1 < elu x.
Proof. pose proof (exp_pos x); elu_piece. Qed.
Lemma elu'_range (x : R) : 0 < elu' x <= 1.
Proof.
  pose proof (exp_pos x); unfold elu'; cut_at_zero; [lra|].
  pose proof (exp_monotone x 0 ltac:(lra)) as E; rewrite exp_0 in E; lra.
Qed.
Lemma elu_increasing (x y : R) : x < y -> elu x < elu y.
Proof.
  intros H; unfold elu; cut_at_zero; try lra.
  - pose proof (exp_monotone x 0 ltac:(lra)) as E; rewrite exp_0 in E; lra.
  - pose proof (exp_increasing x y H); lra.
Qed.
Lemma elu_monotone (x y : R) : x <= y -> elu x <= elu y.
Proof. intros [H| ->]; [left; apply elu_increasing; exact H|right; reflexivity]. Qed.
#[export] Hint Unfold elu elu' : values.
