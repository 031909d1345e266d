"""What the server does: plain synchronous functions that run inside one transaction."""
