"""What people look at: timelines, shifts, the live view."""
