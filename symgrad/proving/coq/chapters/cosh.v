Definition cosh (x : R) : R := (exp x + exp (- x)) / 2.
Definition cosh' (x : R) : R := sinh x.
Lemma cosh_is_derivative (x : R) : is_derive cosh x (cosh' x).
Proof. unfold cosh, cosh', sinh; auto_derive; [exact I|field]. Qed.
Lemma cosh_range (x : R) : 1 <= cosh x.
Proof. exact (sinh'_range x). Qed.
Lemma cosh_by_exp (x : R) : cosh x = (exp x ^ 2 + 1) / (2 * exp x).
Proof. unfold cosh; rewrite exp_Ropp; pose proof (exp_pos x); field; lra. Qed.
#[export] Hint Unfold cosh cosh' : values.
