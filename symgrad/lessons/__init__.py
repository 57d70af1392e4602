"""What a lecturer puts together: notes, exercises, examples."""
