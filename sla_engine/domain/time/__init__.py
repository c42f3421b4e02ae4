"""Calendars and open time: how much lies between two instants, and where it ends; knows no incident."""
