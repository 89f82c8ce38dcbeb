"""Getting bytes to every socket: the only place that knows the Socket.IO stack from inside."""
