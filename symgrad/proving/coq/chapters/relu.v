Definition relu (x : R) : R := if Rlt_dec 0 x then x else 0.
Definition relu' (x : R) : R := if Rlt_dec 0 x then 1 else 0.
Lemma relu_is_derivative (x : R) : x <> 0 -> is_derive relu x (relu' x).
Proof.
  intros H; unfold relu'; destruct (Rlt_dec 0 x) as [r|r].
  - apply (is_derive_ext_loc (fun y => y)); [|auto_derive; [exact I|ring]].
    exists (mkposreal x r); intros y Hy; unfold relu; destruct (Rlt_dec 0 y); [reflexivity|].
    unfold ball in Hy; simpl in Hy; unfold AbsRing_ball, abs, minus, plus, opp in Hy; simpl in Hy.
    apply Rabs_def2 in Hy; lra.
  - apply (is_derive_ext_loc (fun y => 0)); [|auto_derive; [exact I|ring]].
    assert (Hx : 0 < - x) by lra.
    exists (mkposreal (- x) Hx); intros y Hy; unfold relu; destruct (Rlt_dec 0 y); [|reflexivity].
    unfold ball in Hy; simpl in Hy; unfold AbsRing_ball, abs, minus, plus, opp in Hy; simpl in Hy.
    apply Rabs_def2 in Hy; lra.
Qed.
Lemma relu_range (x : R) : 0 <= relu x.
Proof. unfold relu; destruct (Rlt_dec 0 x); lra. Qed.
Lemma relu'_range (x : R) : 0 <= relu' x <= 1.
Proof. unfold relu'; destruct (Rlt_dec 0 x); lra. Qed.
Lemma relu_monotone (x y : R) : x <= y -> relu x <= relu y.
Proof. unfold relu; destruct (Rlt_dec 0 x), (Rlt_dec 0 y); lra. Qed.
Ltac relu_piece := unfold relu, relu'; repeat match goal with |- context [Rlt_dec 0 ?t] => destruct (Rlt_dec 0 t) end; lra.
