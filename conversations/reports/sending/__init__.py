"""Reports that go out by mail at their times."""
