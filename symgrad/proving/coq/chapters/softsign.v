Definition softsign (x : R) : R := x / (1 + Rabs x).
Definition softsign' (x : R) : R := / (1 + Rabs x) ^ 2.
Lemma softsign_range (x : R) : -1 < softsign x < 1.
Proof.
  unfold softsign; pose proof (Rabs_pos x); pose proof (Rle_abs x); pose proof (Rle_abs (- x)); rewrite Rabs_Ropp in *.
  split; apply Rmult_lt_reg_r with (1 + Rabs x); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma softsign'_range (x : R) : 0 < softsign' x <= 1.
Proof.
  unfold softsign'; pose proof (Rabs_pos x); assert (1 <= (1 + Rabs x) ^ 2) by nra.
  split; [apply Rinv_0_lt_compat; lra|rewrite <- Rinv_1; apply inv_le; lra].
Qed.
#[export] Hint Unfold softsign softsign' : values.
