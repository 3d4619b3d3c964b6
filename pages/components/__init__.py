"""What the pages share: rights of visitors, and the gate in front of the server."""
