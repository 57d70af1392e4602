Definition hard_tanh (x : R) : R := if Rle_dec x (-1) then -1 else if Rle_dec x 1 then x else 1.
Definition hard_tanh' (x : R) : R := if Rle_dec x (-1) then 0 else if Rle_dec x 1 then 1 else 0.
Ltac hard_tanh_piece := unfold hard_tanh, hard_tanh'; repeat match goal with |- context [Rle_dec ?s ?t] => destruct (Rle_dec s t) end; lra.
Lemma hard_tanh_range (x : R) : -1 <= hard_tanh x <= 1.
Proof. hard_tanh_piece. Qed.
Lemma hard_tanh'_range (x : R) : 0 <= hard_tanh' x <= 1.
Proof. hard_tanh_piece. Qed.
Lemma hard_tanh_monotone (x y : R) : x <= y -> hard_tanh x <= hard_tanh y.
Proof. hard_tanh_piece. Qed.
#[export] Hint Unfold hard_tanh hard_tanh' : values.
