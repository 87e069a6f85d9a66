"""The decoding program: apart from the server, in a process that can open nothing and lives for seconds."""
