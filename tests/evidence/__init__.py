"""From each claim of the project to what shows it: counted where it is shown, and written on one page."""
