"""A push of settings, stage by stage: plan, state, judgement, journal."""
