"""What the office knows to be so: places, people, duties, channels, advice, knowledge."""
