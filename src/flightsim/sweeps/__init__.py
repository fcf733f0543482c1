"""Many runs: what is asked for, what is drawn, where they run."""
