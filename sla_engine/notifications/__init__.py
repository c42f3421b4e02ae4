"""Messages as values, by what they are about; a front end lays them out."""
