"""The roof: configuration, command line, web server, dispatcher and sender; everything is joined here."""
