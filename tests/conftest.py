"""What all tests have in common."""

import hypothesis

# No test is about speed, and machines are busy.
hypothesis.settings.register_profile("deskcue", deadline=None, max_examples=60)
hypothesis.settings.load_profile("deskcue")
