"""The app: a service in Home Assistant's sidebar that makes, keeps and shows wake words."""
