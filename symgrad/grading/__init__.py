"""Questions, marks, diagnosis; assignments and batches."""
