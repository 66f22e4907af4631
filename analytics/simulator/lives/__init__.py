"""What happens to people, before anybody writes it down."""
