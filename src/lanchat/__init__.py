"""lanchat: a chat for the network that you are on."""

__version__ = "0.1.0"
