"""What leaves a desk and what may come in: topics and JSON Schemas."""
