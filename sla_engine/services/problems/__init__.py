"""Problems as people open, link, fix and look at them, and the watch over those that were fixed."""
