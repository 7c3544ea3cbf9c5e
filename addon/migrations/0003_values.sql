-- What the message of a training's end names, so that it can be said in the user's language.
ALTER TABLE jobs ADD COLUMN "values" TEXT NOT NULL DEFAULT '{}';
