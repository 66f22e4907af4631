"""What only the simulator can know; written to `truth/`, and never read by the product."""
