"""What every dialect needs of HTTP: routes, typed bodies, the current person, limits, refusals."""
