"""Technical things that every service needs and that know no pathway."""
