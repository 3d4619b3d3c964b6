"""What runs the app elsewhere: container start, nginx configuration, list of licences."""
