"""Pure statistics: arrays in, small frozen results out; no files, no printing, no pandas."""
