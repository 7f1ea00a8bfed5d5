"""Source Sans 3 (SIL Open Font License, OFL.txt): all Vietnamese letters, and those of Ê-đê and Ba-na names."""

from pathlib import Path

REGULAR = Path(__file__).with_name("SourceSans3-Regular.ttf")
BOLD = Path(__file__).with_name("SourceSans3-Bold.ttf")
