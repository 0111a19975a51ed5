"""What `manage.py bench` measures: each module has one function `run` that returns its figures."""
