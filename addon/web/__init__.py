"""HTTP and WebSocket: the only room that knows how browsers and satellites ask."""
