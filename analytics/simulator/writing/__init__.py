"""From frames to a folder that is either whole or not there."""
