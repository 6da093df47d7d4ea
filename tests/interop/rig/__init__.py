"""What the interoperation tests stand on: servers as processes on private ports, and clients as scripts."""
