"""What the health system writes down about people's lives: visits, and the rows of the CDM."""
