"""/settings/surveys/: what customers are asked, where and when."""
