"""What the registries of codecs, priors, joint models and models of noise have in common."""
