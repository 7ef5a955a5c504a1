"""The installed services under a real systemd, in a container that lives and dies like a desk."""
