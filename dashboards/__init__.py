"""What was published, on screen: reads marts, computes nothing, sends nothing anywhere."""
