"""Commands, clicks and forms of a person, as the app hears of them."""
