-- How a model's phrase was said to it, so that the next phrase is compared with that.
ALTER TABLE models ADD COLUMN ipa TEXT NOT NULL DEFAULT '[]';
