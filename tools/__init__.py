"""What builds, runs and checks the house."""
