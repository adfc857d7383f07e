-- The number on which a user on duty answers: told to the phones of the places that they answer for.
ALTER TABLE users ADD COLUMN phone TEXT;

-- The first and the last day on which a user is away; both or neither.
ALTER TABLE users ADD COLUMN away_from TEXT;
ALTER TABLE users ADD COLUMN away_until TEXT;
