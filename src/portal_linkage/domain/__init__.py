"""What is true: values, entities, rules. Pure, no I/O, attrs only."""
