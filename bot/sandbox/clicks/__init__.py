"""What a person types, clicks and submits, as the app hears of it."""
