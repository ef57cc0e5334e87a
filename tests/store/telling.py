"""All that the files of a folder tell, whoever opens them."""

import gzip
import json
import shutil

import duckdb


def everything(folder):
    """Return all that any file of the folder says: its bytes, what is packed in it, every table of it."""
    told = []
    for path in sorted(folder.rglob("*")):
        told.append(path.name)
        if not path.is_file():
            continue
        content = path.read_bytes()
        told.append(content.decode("utf-8", errors="ignore"))
        if path.suffix == ".gz":
            told.append(
                json.dumps(
                    [json.loads(line) for line in gzip.decompress(content).splitlines()], ensure_ascii=False
                )
            )
        if path.suffix in (".duckdb", ".mirror"):
            copy = shutil.copyfile(path, folder.parent / "copy.duckdb")
            with duckdb.connect(str(copy), read_only=True) as connection:
                for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    told.append(str(connection.execute(f'SELECT * FROM "{table}"').fetchall()))
    return "\n".join(told)
