Definition relu (x : R) : R := if Rlt_dec 0 x then x else 0.
Definition relu' (x : R) : R := if Rlt_dec 0 x then 1 else 0.
Lemma relu_is_derivative (x : R) : x <> 0 -> is_derive relu x (relu' x).
Proof.
  intros H; unfold relu, relu'; apply (two_pieces (fun y => y) (fun y => 0)); [exact H|auto_derive; [exact I|ring]..].
Qed.
Ltac relu_piece := unfold relu, relu'; cut_at_zero; lra.
Lemma relu_range (x : R) : 0 <= relu x.
Proof. relu_piece. Qed.
Lemma relu'_range (x : R) : 0 <= relu' x <= 1.
Proof. relu_piece. Qed.
Lemma relu_monotone (x y : R) : x <= y -> relu x <= relu y.
Proof. relu_piece. Qed.
#[export] Hint Unfold relu relu' : values.
