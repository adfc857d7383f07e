-- The first day on which a version is filled, of what a pack with a later day brings; none: from when it was published.
ALTER TABLE forms ADD COLUMN first_day TEXT;
