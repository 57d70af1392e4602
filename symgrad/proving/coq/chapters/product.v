Fixpoint product (f : nat -> R) (n : nat) : R :=
  match n with O => 1 | S m => product f m * f (S m) end.
Lemma product_le (f g : nat -> R) (n : nat) :
  (forall i, 0 <= f i /\ f i <= g i) -> 0 <= product f n /\ product f n <= product g n.
Proof.
  intros H; induction n as [|n [IH1 IH2]]; simpl; [lra|]; destruct (H (S n)) as [H1 H2]; split.
  - apply Rmult_le_pos; lra.
  - apply Rmult_le_compat; lra.
Qed.
Lemma product_lt (f g : nat -> R) (n : nat) :
  (1 <= n)%nat -> (forall i, 0 <= f i /\ f i < g i) -> product f n < product g n.
Proof.
  intros N H; induction N as [|n N IH]; simpl.
  - destruct (H 1%nat); lra.
  - destruct (H (S n)); destruct (product_le f g n) as [P _]; [intros i; destruct (H i); lra|].
    apply Rmult_le_0_lt_compat; lra.
Qed.
Lemma product_same (f g : nat -> R) (n : nat) : (forall i, f i = g i) -> product f n = product g n.
Proof. intros H; induction n as [|n IH]; simpl; [reflexivity|rewrite IH, H; reflexivity]. Qed.
Lemma product_constant (c : R) (n : nat) : product (fun _ => c) n = c ^ n.
Proof. induction n as [|n IH]; simpl; [reflexivity|rewrite IH; ring]. Qed.
