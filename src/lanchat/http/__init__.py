"""The way in for HTTP: a listening socket, and gevent's WSGI server made strict and impatient."""
