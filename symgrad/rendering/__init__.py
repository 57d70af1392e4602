"""Values -> documents; the only room that knows Jinja."""
