"""The editor of ESPHome's YAML: a device gains a wake word, and loses it again byte for byte.

`plan_edit` and `remove_edit` (editing.py) return what becomes of a device's main file; nothing is written here.
"""
