"""The language model: soul files, tokenizer, integer reference and trainer. Knows nothing of the C64."""
