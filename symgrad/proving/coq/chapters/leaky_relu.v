Definition leaky_relu (x : R) : R := if Rlt_dec 0 x then x else x / 100.
Definition leaky_relu' (x : R) : R := if Rlt_dec 0 x then 1 else 1 / 100.
Lemma leaky_relu_is_derivative (x : R) : x <> 0 -> is_derive leaky_relu x (leaky_relu' x).
Proof.
  intros H; unfold leaky_relu, leaky_relu'; apply (two_pieces (fun y => y) (fun y => y / 100)); [exact H|auto_derive; [exact I|field]..].
Qed.
Ltac leaky_relu_piece := unfold leaky_relu, leaky_relu'; cut_at_zero; lra.
Lemma leaky_relu'_range (x : R) : 1 / 100 <= leaky_relu' x <= 1.
Proof. leaky_relu_piece. Qed.
Lemma leaky_relu_monotone (x y : R) : x <= y -> leaky_relu x <= leaky_relu y.
Proof. leaky_relu_piece. Qed.
Lemma leaky_relu_increasing (x y : R) : x < y -> leaky_relu x < leaky_relu y.
Proof. leaky_relu_piece. Qed.
#[export] Hint Unfold leaky_relu leaky_relu' : values.
