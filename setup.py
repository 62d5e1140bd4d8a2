"""What pyproject.toml cannot say: the tree of `resources/` is installed as it is."""

from pathlib import Path

from setuptools import setup

resources = sorted(path for path in Path("resources").rglob("*") if path.is_file())
setup(
    data_files=[
        (f"share/lumbre/{path.parent.as_posix()}", [path.as_posix()]) for path in resources
    ]
)
