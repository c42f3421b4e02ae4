"""How much open time lies between two instants, and where it ends; knows no incident."""
