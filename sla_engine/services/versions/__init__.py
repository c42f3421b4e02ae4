"""New versions of an agreement: previewing what they move, and measuring incidents anew."""
