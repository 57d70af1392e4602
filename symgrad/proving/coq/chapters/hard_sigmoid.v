Definition hard_sigmoid (x : R) : R := if Rle_dec x (-3) then 0 else if Rle_dec x 3 then x / 6 + 1 / 2 else 1.
Definition hard_sigmoid' (x : R) : R := if Rle_dec x (-3) then 0 else if Rle_dec x 3 then 1 / 6 else 0.
Ltac hard_sigmoid_piece := unfold hard_sigmoid, hard_sigmoid'; repeat match goal with |- context [Rle_dec ?s ?t] => destruct (Rle_dec s t) end; lra.
Lemma hard_sigmoid_range (x : R) : 0 <= hard_sigmoid x <= 1.
Proof. hard_sigmoid_piece. Qed.
Lemma hard_sigmoid'_range (x : R) : 0 <= hard_sigmoid' x <= 1 / 6.
Proof. hard_sigmoid_piece. Qed.
Lemma hard_sigmoid_monotone (x y : R) : x <= y -> hard_sigmoid x <= hard_sigmoid y.
Proof. hard_sigmoid_piece. Qed.
#[export] Hint Unfold hard_sigmoid hard_sigmoid' : values.
