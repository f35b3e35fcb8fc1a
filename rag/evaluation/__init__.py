"""What `rag.evaluate` is made of: questions read, answers scored, and told as a table or a page."""
