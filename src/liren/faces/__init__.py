"""What people see. A face holds no rules."""
